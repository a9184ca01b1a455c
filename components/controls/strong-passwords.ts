import { declared } from "./control";

export const strongPasswords = declared({
  id: "strong-passwords",
  title: "Passwords are long, changed, and locked after guesses",
  guideline: "Length, complexity, history, age and lockout follow the benchmark; accounts made here get generated secrets.",
  layers: ["plan", "guest", "gpo"],
});
