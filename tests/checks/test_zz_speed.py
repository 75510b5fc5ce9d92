import time
from unittest import mock
import pytest
from tests.cast import admit_patient, operate
from tests.checks.examples import examine
from monitoring.checks.queries import timeline
@pytest.mark.django_db(transaction=True)
def test_speed(cast):
    stay = admit_patient(cast); operate(cast, stay)
    with mock.patch("wards.changes.nudge"), mock.patch("wards.changes.publish"):
        t=[]
        for _ in range(300):
            a=time.perf_counter(); examine(cast, stay); t.append(time.perf_counter()-a)
    t.sort(); print("record_check ms p50 %.1f p99 %.1f"%(t[150]*1e3,t[297]*1e3))
    a=time.perf_counter(); n=len(timeline(stay).events); print("timeline", n, "events ms %.1f"%((time.perf_counter()-a)*1e3))
