import { control } from "./control";
import { PASSWORD_DEMANDS, RELAX_LENGTH } from "./tables/passwords";
import { cis, stig } from "./tables/references";

export const strongPasswords = control({
  id: "strong-passwords",
  title: "Passwords are long, changed, and locked after guesses",
  guideline: "Length, complexity, history, age and lockout follow the benchmark; a stack may only ask for more.",
  references: [
    ...cis(...[...PASSWORD_DEMANDS.map((demand) => demand.cis), RELAX_LENGTH.cis].sort()),
    // AC-000020 (3 attempts) and AC-000050 (60 days) ask for more; a stack can.
    ...stig("AC-000010", "AC-000030", "AC-000040", "AC-000060", "AC-000070", "AC-000080", "AC-000090"),
  ],
  layers: ["plan", "guest"],
  guest: ({ passwords }) => [
    { kind: "registry", path: RELAX_LENGTH.path, name: RELAX_LENGTH.name, type: "DWord", op: "eq", value: 1 },
    ...PASSWORD_DEMANDS.map(({ resource }) => resource(passwords)),
  ],
});
