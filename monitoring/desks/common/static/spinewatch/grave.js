// The one thing that a device says by itself while it has no network, because it cannot wait: findings 1, 2 and 4 of
// the protocol's §4. Each compares what was found with one number or one word that the server sent. Nothing more of
// the protocol is here; the tests hold these against the server's rules over every case.

const GRADE = /^[0-5]$/;

// Finding 1: "latest is 0 or 1, and reference ≥ 2".
export const isFall = (grade, reference) => grade <= 1 && reference >= 2;

// Finding 2: "drop ≥ major_drop_grades, and not 1".
export const isMajorDrop = (grade, reference, majorDropGrades) =>
  reference - grade >= majorDropGrades && !isFall(grade, reference);

// Finding 4: present, "and neither old nor accepted"; `raises` names the flags that are neither.
export const isRaised = (flag, status, raises) => status === "present" && raises.includes(flag);

// What of a check is grave by itself. `values`: the form's, by name. `patient`: {references: {l4_left: 5}, raises:
// ["bladder_bowel"]}, without references where nobody was operated on.
export function graveOf(values, patient, majorDropGrades) {
  const found = [];
  for (const [muscle, reference] of Object.entries(patient.references)) {
    const value = values[muscle] ?? "";
    if (!GRADE.test(value)) continue; // not tested is no grade
    const grade = Number(value);
    if (isFall(grade, reference)) found.push({ finding: 1, muscle, reference, grade });
    else if (isMajorDrop(grade, reference, majorDropGrades)) found.push({ finding: 2, muscle, reference, grade });
  }
  for (const flag of ["saddle_anaesthesia", "bladder_bowel"])
    if (isRaised(flag, values[flag], patient.raises)) found.push({ finding: 4, flag });
  return found;
}
