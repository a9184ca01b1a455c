import { AwsFleet } from "../../components/aws/fleet";
import { CONTEXT, example } from "../support/example";
import { recorder, settled } from "../support/mocks";

// A program of a user, run by Pulumi's own compiler: builds a fleet, and makes mistakes of its own while and after.
async function program(): Promise<void> {
  const recorded = await recorder(true);
  const tell = (when: string, error: unknown): void => console.log(`${when}: ${error instanceof Error ? error.stack : ""}`);
  const spoil = (): never => {
    throw new Error("in a transformation");
  };
  try {
    new AwsFleet("spoilt", { ...example(), ...CONTEXT }, { transformations: [({ name }) => (name === "web-2-nic" ? spoil() : undefined)] });
  } catch (error) {
    tell("while", error);
  }
  new AwsFleet("aws", { ...example(), ...CONTEXT });
  tell("after", new Error("right after"));
  await settled(recorded);
  tell("later", new Error("when all is answered"));
}

void program();
