"""Who comes in where: a row for each address of the URLconf, and what each kind of person is answered there.

The columns are people: Nurse, Charge nurse, Surgeon, Administrator and Registry's lead of the ward that the address is
about; the same five of another ward; somebody of no ward (`0`); and somebody who is not signed in (`a`), as whom an
account that has ended counts. Under them stands what they get, first for looking (GET), then for sending (POST):

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

COLUMNS = 12
SYMBOLS = frozenset("+xo->.")

TABLE = """
# route                  GET   elsw  0 a   POST  elsw  0 a
#                        NCSAR NCSAR       NCSAR NCSAR
acceptance-correct       xx+xx ooooo o >   xx+xx ooooo o >
acceptance-new           xx+xx ooooo o >   xx+xx ooooo o >
acceptance-retract       xx+xx ooooo o >   xx+xx ooooo o >
admit                    +++xx ooooo o >   +++xx ooooo o >
alert                    +++oo ooooo o >   ----- ----- - -
alert-accept             ----- ----- - -   +++oo ooooo o >
alert-acknowledge        ----- ----- - -   +++oo ooooo o >
alert-close              xx+oo ooooo o >   xx+oo ooooo o >
alert-confirm-pause      ----- ----- - -   +++oo ooooo o >
alert-decide             xx+oo ooooo o >   xx+oo ooooo o >
alert-milestone          +++oo ooooo o >   +++oo ooooo o >
alert-offer              +++oo ooooo o >   +++oo ooooo o >
alert-reopen             xx+oo ooooo o >   xx+oo ooooo o >
alert-report             +++oo ooooo o >   +++oo ooooo o >
alerts                   +++++ ..... + >   ----- ..... - -
allocation               ++++x ooooo o >   ++xxx ooooo o >
attempt-new              +++xx ooooo o >   +++xx ooooo o >
attempt-retract          +++xx ooooo o >   +++xx ooooo o >
audit                    xxx+x ..... x >   ----- ..... - -
audit-export             xxx+x ..... x >   xxx+x ..... x >
audit-find               ----- ..... - -   xxx+x ..... x >
audit-past               xxx+x ..... x >   ----- ..... - -
audit-patient            xxx+x xxxox x >   ----- ----- - -
audit-staff              xxx+x xxxox x >   ----- ----- - -
away                     +++xx ooooo o >   +++xx ooooo o >
bed                      xxx+x ooooo o >   xxx+x ooooo o >
bed-close                xxx+x ooooo o >   xxx+x ooooo o >
bed-reopen               ----- ----- - -   xxx+x ooooo o >
beds                     xxx+x ooooo o >   xxx+x ooooo o >
board                    ++++x ooooo o >   ----- ----- - -
break-glass              x+x+x ..... x >   ----- ..... - -
break-glass-end          ----- ----- - -   ooooo ooooo o >
break-glass-open         +++xx ..... x >   +++xx ..... x >
break-glass-review       ----- ----- - -   o+o+o ooooo o >
calls                    +++++ ..... + >   ----- ..... - -
channels                 +++++ ..... + >   +++++ ..... + >
check-correct            +++xx ooooo o >   +++xx ooooo o >
check-new                +++xx ooooo o >   +++xx ooooo o >
check-result             ++++x ooooo o >   ----- ----- - >
check-retract            +++xx ooooo o >   +++xx ooooo o >
confirm                  +++++ ..... + >   +++++ ..... + >
contact-remove           ----- ----- - -   x+x+x ooooo o >
contact-test             ----- ----- - -   x+x+x ooooo o >
discharge                +++xx ooooo o >   +++xx ooooo o >
display                  +++++ ..... + +   ----- ..... - -
display-end              ----- ----- - -   x+x+x ooooo o >
display-names            ----- ----- - -   x+x+x ooooo o >
displays                 x+x+x ooooo o >   x+x+x ooooo o >
drain-correct            +++xx ooooo o >   +++xx ooooo o >
drain-place              +++xx ooooo o >   +++xx ooooo o >
drain-remove             +++xx ooooo o >   +++xx ooooo o >
drain-retract            +++xx ooooo o >   +++xx ooooo o >
drains                   ++++x ooooo o >   oooxx ooooo o >
factor-new               +++++ ..... + >   +++++ ..... + >
factor-remove            ----- ----- - -   +++++ +++++ + >
factors                  +++++ ..... + >   ----- ..... - -
findings-correct         xx+xx ooooo o >   xx+xx ooooo o >
findings-new             xx+xx ooooo o >   xx+xx ooooo o >
findings-retract         xx+xx ooooo o >   xx+xx ooooo o >
group-edit               x+++x ooooo o >   x+++x ooooo o >
group-new                x+++x ooooo o >   x+++x ooooo o >
groups                   ++++x ooooo o >   ----- ----- - -
hand-over-sheet          ++++x ooooo o >   ----- ----- - -
health                   +++++ ..... + +   ----- ..... - -
held                     ++++x ooooo o >   ----- ----- - >
held-drop                +++xx ooooo o >   +++xx ooooo o >
held-file                +++xx ooooo o >   +++xx ooooo o >
home                     +++++ ..... + >   +++++ ..... + >
imaging-correct          xx+xx ooooo o >   xx+xx ooooo o >
imaging-done             +++xx ooooo o >   +++xx ooooo o >
imaging-new              +++xx ooooo o >   +++xx ooooo o >
imaging-report           xx+xx ooooo o >   xx+xx ooooo o >
imaging-retract          xx+xx ooooo o >   xx+xx ooooo o >
inbox                    xx+xx ..... x >   ----- ..... - -
kit                      ++++x ooooo o >   ----- ----- - >
ladder-edit              x+x+x ooooo o >   x+x+x ooooo o >
ladders                  ++++x ooooo o >   ----- ----- - -
language                 ----- ..... - -   +++++ ..... + +
lock                     ----- ..... - -   +++++ ..... + >
locked                   +++++ ..... + >   +++++ ..... + >
look                     +++++ ..... + >   ----- ..... - -
manifest                 +++++ ..... + +   ----- ..... - -
mending                  x+++x ..... x >   ----- ..... - -
mending-case             o+++o ooooo o >   ----- ----- - -
mending-check            xxx+x ..... x >   xxx+x ..... x >
mending-confirm          o+++o ooooo o >   o+++o ooooo o >
mending-end              o+++o ooooo o >   o+++o ooooo o >
mending-merge            xxx+x ..... x >   xxx+x ..... x >
mending-stay             xxx+x ..... x >   xxx+x ..... x >
message                  xx+xx xxxxx x >   xx+xx xxxxx x >
metrics                  +++++ ..... + +   ----- ..... - -
move                     +++xx ooooo o >   +++xx ooooo o >
my-phone                 +++++ ..... + >   +++++ ..... + >
offer-answer             ----- ----- - -   +++oo ooooo o >
offline                  +++++ ..... + +   ----- ..... - -
offline-intake           ----- ..... - >   +++++ ..... + >
offline-session          +++++ ..... + >   ----- ..... - >
operate                  +++xx ooooo o >   +++xx ooooo o >
operation-correct        +++xx ooooo o >   +++xx ooooo o >
operation-retract        +++xx ooooo o >   +++xx ooooo o >
own-password             +++++ ..... + >   +++++ ..... + >
patients                 ++++x ..... x >   ++++x ..... x >
pin                      +++++ ..... + >   +++++ ..... + >
protocol                 +++++ ..... + >   ----- ..... - -
protocol-approve         xxx+x ooooo o >   xxx+x ooooo o >
protocol-end             xxx+x ooooo o >   xxx+x ooooo o >
protocol-proposal        ++++x ooooo o >   ----- ----- - -
protocol-propose         xxx+x ooooo o >   xxx+x ooooo o >
protocol-replay          ----- ----- - -   xxx+x ooooo o >
protocol-revise          xxx+x ooooo o >   xxx+x ooooo o >
protocol-ward            ++++x ooooo o >   ----- ----- - -
recovery-codes           ----- ..... - -   +++++ ..... + >
registry                 xx+++ ..... x >   ----- ..... - -
registry-definition      xx+++ ..... x >   ----- ..... - -
registry-dictionary      xxx++ ..... x >   ----- ..... - -
registry-export          xxx++ ..... x >   xxx++ ..... x >
registry-import-take-back ooo++ ooooo o >   ooo++ ooooo o >
registry-import-template xxx++ ..... x >   ----- ..... - -
registry-imports         xxx++ ..... x >   xxx++ ..... x >
registry-picture         xx+++ ..... x >   ----- ..... - -
registry-picture-taken   xxx++ ..... x >   ----- ..... - -
registry-planning        xx+++ ..... x >   ----- ..... - -
registry-planning-picture xx+++ ..... x >   ----- ..... - -
registry-report          xxx++ ..... x >   ----- ..... - -
registry-times           xx+++ ..... x >   ----- ..... - -
responses                x+++x ..... x >   ----- ..... - -
role-give                ooo+o ooooo o >   ooo+o ooooo o >
role-take                ooo+o ooooo o >   ooo+o ooooo o >
rota                     +++++ ..... + >   ----- ..... - -
rota-add                 x+++x ooooo o >   x+++x ooooo o >
rota-cancel              ----- ----- - >   x+++x ooooo o >
rota-hand-over           x+++x ooooo o >   x+++x ooooo o >
rota-import              x+++x ooooo o >   x+++x ooooo o >
rota-ward                ++++x ooooo o >   ----- ----- - -
rota-who                 ++++x ooooo o >   ----- ----- - -
seal                     xxx+x ..... x >   xxx+x ..... x >
service-worker           +++++ ..... + +   ----- ..... - -
session-end              ----- ----- - -   +oooo ooooo o >
sessions                 +++++ ..... + >   ----- ..... - -
sessions-end-others      ----- ..... - -   +++++ ..... + >
sign-in                  +++++ ..... + +   +++++ ..... + +
sign-in-enrol            >>>>> ..... > >   >>>>> ..... > >
sign-in-passkey          +++++ ..... + +   +++++ ..... + +
sign-in-provider         ooooo ..... o o   ----- ..... - -
sign-in-provider-back    ooooo ..... o o   ----- ..... - -
sign-in-second           >>>>> ..... > >   >>>>> ..... > >
sign-out                 ----- ..... - -   >>>>> ..... > >
staff                    xxx+x ..... x >   ----- ..... - -
staff-close              ooo+o ooooo o >   ooo+o ooooo o >
staff-edit               ooo+o ooooo o >   ooo+o ooooo o >
staff-factor             ooo+o ooooo o >   ooo+o ooooo o >
staff-link               ooo+o ooooo o >   ooo+o ooooo o >
staff-new                xxx+x ..... x >   xxx+x ..... x >
staff-person             xxx+x xxxox x >   ----- ----- - -
staff-reopen             ooo+o ooooo o >   ooo+o ooooo o >
stay                     ++++x ooooo o >   ----- ----- - >
stream                   +++++ ..... + >   ----- ..... - -
summary                  ++++x ooooo o >   ----- ----- - -
theatre-cancel           +++xx ooooo o >   +++xx ooooo o >
theatre-change           +++xx ooooo o >   +++xx ooooo o >
theatre-new              +++xx ooooo o >   +++xx ooooo o >
touch                    ----- ..... - -   +++++ ..... + >
treatment-correct        +++xx ooooo o >   +++xx ooooo o >
treatment-new            +++xx ooooo o >   +++xx ooooo o >
treatment-retract        +++xx ooooo o >   +++xx ooooo o >
ward-colleague           xxx+x ooooo o >   xxx+x ooooo o >
ward-contacts            x+x+x ooooo o >   x+x+x ooooo o >
ward-desk                xxx+x ooooo o >   ----- ----- - -
ward-edit                xxx+x ooooo o >   xxx+x ooooo o >
ward-limits              x+x+x ooooo o >   x+x+x ooooo o >
ward-new                 xxx+x ..... x >   xxx+x ..... x >
ward-numbers             x+x+x ooooo o >   x+x+x ooooo o >
ward-settings            xxx+x ..... x >   ----- ..... - -
wards                    +++++ ..... + >   +++++ ..... + >
welcome                  +++++ +++++ + +   ----- ----- - -
welcome-password         +++++ ..... + +   +++++ ..... + +
words                    +++++ ..... + +   ----- ..... - -
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What everybody is answered at one address."""

    route: str
    get: str
    post: str

    def answers(self) -> dict[tuple[str, str], str]:
        """By the method and who: `own N`, `elsewhere N`, `of no ward`, `signed out`, `ended`."""
        people = [f"{where} {letter}" for where in ("own", "elsewhere") for letter in "NCSAR"]
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
