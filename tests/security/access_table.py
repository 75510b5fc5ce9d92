"""Who comes in where: a row for each address of the URLconf, and what each kind of person is answered there.

The columns are people: Nurse, Charge nurse, Surgeon and Administrator of the ward that the address is about; the same
four of another ward; somebody of no ward (`0`); and somebody who is not signed in (`a`), as whom an account that has
ended counts. Under them stands what they get, first for looking (GET), then for sending (POST):

    +   let in: the page, or what a form sent empty comes to
    x   403: there is such a thing, and they may not
    o   404: for them there is no such thing
    -   405: nobody does that there
    >   first of all they are to sign in
    .   the address is about no ward, so that nobody is elsewhere

A new address needs a row here, and an object in scene.py if its name holds one.
"""

from __future__ import annotations

from dataclasses import dataclass

COLUMNS = 10
SYMBOLS = frozenset("+xo->.")

TABLE = """
# route                  GET  elsw 0 a   POST elsw 0 a
#                        NCSA NCSA       NCSA NCSA
acceptance-correct       xx+x oooo o >   xx+x oooo o >
acceptance-new           xx+x oooo o >   xx+x oooo o >
acceptance-retract       xx+x oooo o >   xx+x oooo o >
admit                    +++x oooo o >   +++x oooo o >
alert                    +++o oooo o >   ---- ---- - -
alert-accept             ---- ---- - -   +++o oooo o >
alert-acknowledge        ---- ---- - -   +++o oooo o >
alert-close              xx+o oooo o >   xx+o oooo o >
alert-confirm-pause      ---- ---- - -   +++o oooo o >
alert-decide             xx+o oooo o >   xx+o oooo o >
alert-milestone          +++o oooo o >   +++o oooo o >
alert-offer              +++o oooo o >   +++o oooo o >
alert-reopen             xx+o oooo o >   xx+o oooo o >
alert-report             +++o oooo o >   +++o oooo o >
alerts                   ++++ .... + >   ---- .... - -
allocation               ++++ oooo o >   ++xx oooo o >
attempt-new              +++x oooo o >   +++x oooo o >
attempt-retract          +++x oooo o >   +++x oooo o >
audit                    xxx+ .... x >   ---- .... - -
audit-export             xxx+ .... x >   xxx+ .... x >
audit-find               ---- .... - -   xxx+ .... x >
audit-past               xxx+ .... x >   ---- .... - -
audit-patient            xxx+ xxxo x >   ---- ---- - -
audit-staff              xxx+ xxxo x >   ---- ---- - -
away                     +++x oooo o >   +++x oooo o >
bed                      xxx+ oooo o >   xxx+ oooo o >
bed-close                xxx+ oooo o >   xxx+ oooo o >
bed-reopen               ---- ---- - -   xxx+ oooo o >
beds                     xxx+ oooo o >   xxx+ oooo o >
board                    ++++ oooo o >   ---- ---- - -
break-glass              x+x+ .... x >   ---- .... - -
break-glass-end          ---- ---- - -   oooo oooo o >
break-glass-open         +++x .... x >   +++x .... x >
break-glass-review       ---- ---- - -   o+o+ oooo o >
calls                    ++++ .... + >   ---- .... - -
channels                 ++++ .... + >   ++++ .... + >
check-correct            +++x oooo o >   +++x oooo o >
check-new                +++x oooo o >   +++x oooo o >
check-result             ++++ oooo o >   ---- ---- - >
check-retract            +++x oooo o >   +++x oooo o >
confirm                  ++++ .... + >   ++++ .... + >
contact-remove           ---- ---- - -   x+x+ oooo o >
contact-test             ---- ---- - -   x+x+ oooo o >
discharge                +++x oooo o >   +++x oooo o >
display                  ++++ .... + +   ---- .... - -
display-end              ---- ---- - -   x+x+ oooo o >
display-names            ---- ---- - -   x+x+ oooo o >
displays                 x+x+ oooo o >   x+x+ oooo o >
drain-correct            +++x oooo o >   +++x oooo o >
drain-place              +++x oooo o >   +++x oooo o >
drain-remove             +++x oooo o >   +++x oooo o >
drain-retract            +++x oooo o >   +++x oooo o >
drains                   ++++ oooo o >   ooox oooo o >
factor-new               ++++ .... + >   ++++ .... + >
factor-remove            ---- ---- - -   ++++ ++++ + >
factors                  ++++ .... + >   ---- .... - -
findings-correct         xx+x oooo o >   xx+x oooo o >
findings-new             xx+x oooo o >   xx+x oooo o >
findings-retract         xx+x oooo o >   xx+x oooo o >
group-edit               x+++ oooo o >   x+++ oooo o >
group-new                x+++ oooo o >   x+++ oooo o >
groups                   ++++ oooo o >   ---- ---- - -
hand-over-sheet          ++++ oooo o >   ---- ---- - -
health                   ++++ .... + +   ---- .... - -
held                     ++++ oooo o >   ---- ---- - >
held-drop                +++x oooo o >   +++x oooo o >
held-file                +++x oooo o >   +++x oooo o >
home                     ++++ .... + >   ++++ .... + >
imaging-correct          xx+x oooo o >   xx+x oooo o >
imaging-done             +++x oooo o >   +++x oooo o >
imaging-new              +++x oooo o >   +++x oooo o >
imaging-report           xx+x oooo o >   xx+x oooo o >
imaging-retract          xx+x oooo o >   xx+x oooo o >
inbox                    xx+x .... x >   ---- .... - -
kit                      ++++ oooo o >   ---- ---- - >
ladder-edit              x+x+ oooo o >   x+x+ oooo o >
ladders                  ++++ oooo o >   ---- ---- - -
language                 ---- .... - -   ++++ .... + +
lock                     ---- .... - -   ++++ .... + >
locked                   ++++ .... + >   ++++ .... + >
look                     ++++ .... + >   ---- .... - -
manifest                 ++++ .... + +   ---- .... - -
mending                  x+++ .... x >   ---- .... - -
mending-case             o+++ oooo o >   ---- ---- - -
mending-check            xxx+ .... x >   xxx+ .... x >
mending-confirm          o+++ oooo o >   o+++ oooo o >
mending-end              o+++ oooo o >   o+++ oooo o >
mending-merge            xxx+ .... x >   xxx+ .... x >
mending-stay             xxx+ .... x >   xxx+ .... x >
message                  xx+x xxxx x >   xx+x xxxx x >
metrics                  ++++ .... + +   ---- .... - -
move                     +++x oooo o >   +++x oooo o >
my-phone                 ++++ .... + >   ++++ .... + >
offer-answer             ---- ---- - -   +++o oooo o >
offline                  ++++ .... + +   ---- .... - -
offline-intake           ---- .... - >   ++++ .... + >
offline-session          ++++ .... + >   ---- .... - >
operate                  +++x oooo o >   +++x oooo o >
operation-correct        +++x oooo o >   +++x oooo o >
operation-retract        +++x oooo o >   +++x oooo o >
own-password             ++++ .... + >   ++++ .... + >
patients                 ++++ .... x >   ++++ .... x >
pin                      ++++ .... + >   ++++ .... + >
protocol                 ++++ .... + >   ---- .... - -
protocol-approve         xxx+ oooo o >   xxx+ oooo o >
protocol-end             xxx+ oooo o >   xxx+ oooo o >
protocol-proposal        ++++ oooo o >   ---- ---- - -
protocol-propose         xxx+ oooo o >   xxx+ oooo o >
protocol-replay          ---- ---- - -   xxx+ oooo o >
protocol-revise          xxx+ oooo o >   xxx+ oooo o >
protocol-ward            ++++ oooo o >   ---- ---- - -
recovery-codes           ---- .... - -   ++++ .... + >
responses                x+++ .... x >   ---- .... - -
role-give                ooo+ oooo o >   ooo+ oooo o >
role-take                ooo+ oooo o >   ooo+ oooo o >
rota                     ++++ .... + >   ---- .... - -
rota-add                 x+++ oooo o >   x+++ oooo o >
rota-cancel              ---- ---- - >   x+++ oooo o >
rota-hand-over           x+++ oooo o >   x+++ oooo o >
rota-import              x+++ oooo o >   x+++ oooo o >
rota-ward                ++++ oooo o >   ---- ---- - -
rota-who                 ++++ oooo o >   ---- ---- - -
seal                     xxx+ .... x >   xxx+ .... x >
service-worker           ++++ .... + +   ---- .... - -
session-end              ---- ---- - -   +ooo oooo o >
sessions                 ++++ .... + >   ---- .... - -
sessions-end-others      ---- .... - -   ++++ .... + >
sign-in                  ++++ .... + +   ++++ .... + +
sign-in-enrol            >>>> .... > >   >>>> .... > >
sign-in-passkey          ++++ .... + +   ++++ .... + +
sign-in-provider         oooo .... o o   ---- .... - -
sign-in-provider-back    oooo .... o o   ---- .... - -
sign-in-second           >>>> .... > >   >>>> .... > >
sign-out                 ---- .... - -   >>>> .... > >
staff                    xxx+ .... x >   ---- .... - -
staff-close              ooo+ oooo o >   ooo+ oooo o >
staff-edit               ooo+ oooo o >   ooo+ oooo o >
staff-factor             ooo+ oooo o >   ooo+ oooo o >
staff-link               ooo+ oooo o >   ooo+ oooo o >
staff-new                xxx+ .... x >   xxx+ .... x >
staff-person             xxx+ xxxo x >   ---- ---- - -
staff-reopen             ooo+ oooo o >   ooo+ oooo o >
stay                     ++++ oooo o >   ---- ---- - >
stream                   ++++ .... + >   ---- .... - -
summary                  ++++ oooo o >   ---- ---- - -
theatre-cancel           +++x oooo o >   +++x oooo o >
theatre-change           +++x oooo o >   +++x oooo o >
theatre-new              +++x oooo o >   +++x oooo o >
touch                    ---- .... - -   ++++ .... + >
treatment-correct        +++x oooo o >   +++x oooo o >
treatment-new            +++x oooo o >   +++x oooo o >
treatment-retract        +++x oooo o >   +++x oooo o >
ward-colleague           xxx+ oooo o >   xxx+ oooo o >
ward-contacts            x+x+ oooo o >   x+x+ oooo o >
ward-desk                xxx+ oooo o >   ---- ---- - -
ward-edit                xxx+ oooo o >   xxx+ oooo o >
ward-limits              x+x+ oooo o >   x+x+ oooo o >
ward-new                 xxx+ .... x >   xxx+ .... x >
ward-numbers             x+x+ oooo o >   x+x+ oooo o >
ward-settings            xxx+ .... x >   ---- .... - -
wards                    ++++ .... + >   ++++ .... + >
welcome                  ++++ ++++ + +   ---- ---- - -
welcome-password         ++++ .... + +   ++++ .... + +
words                    ++++ .... + +   ---- .... - -
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What everybody is answered at one address."""

    route: str
    get: str
    post: str

    def answers(self) -> dict[tuple[str, str], str]:
        """By the method and who: `own N`, `elsewhere N`, `of no ward`, `signed out`, `ended`."""
        people = [f"{where} {letter}" for where in ("own", "elsewhere") for letter in "NCSA"]
        people += ["of no ward", "signed out"]
        found: dict[tuple[str, str], str] = {}
        for method, symbols in (("get", self.get), ("post", self.post)):
            found |= {(method, who): symbol for who, symbol in zip(people, symbols, strict=True) if symbol != "."}
            found[method, "ended"] = symbols[-1]
        return found


def read(table: str) -> list[Row]:
    """The rows of a table. Raises ValueError for one that is not whole."""
    rows = []
    for line in filter(None, (line.partition("#")[0].strip() for line in table.splitlines())):
        route, *columns = line.split()
        symbols = "".join(columns)
        if len(symbols) != 2 * COLUMNS or not SYMBOLS.issuperset(symbols):
            raise ValueError(f"not a whole row: {line}")
        rows.append(Row(route, symbols[:COLUMNS], symbols[COLUMNS:]))
    return rows
