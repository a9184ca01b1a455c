import { setAllConfig, setMocks } from "@pulumi/pulumi/runtime";

/** A stack file's `config`, as the engine hands it to the program: objects as JSON text. */
export function configure(config: Readonly<Record<string, unknown>>): void {
  void setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }, "secure-winrm", "test");
  setAllConfig(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)])));
}
