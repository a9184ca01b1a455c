/**
 * How an object that a deployment has made and forgotten (a killed engine, a lost answer) is found again. The inputs are
 * those of the resource that is to be made: the object was made with the same.
 */
export type Identity =
  /** Its provider reads it by this id, if it is there. */
  | { readonly by: "id"; readonly id: string }
  /** EC2 has chosen the id: by the resource's own tag. `kind`: EC2's word for the type. */
  | { readonly by: "tag"; readonly kind: string }
  /** Systems Manager has chosen the id: by the association's name. */
  | { readonly by: "association"; readonly name: string }
  /** And a maintenance window's, by its name. */
  | { readonly by: "window"; readonly name: string }
  /** And of what such a window holds, by the window's id and the name in there. */
  | { readonly by: "window-part"; readonly part: "target" | "task"; readonly window: string; readonly name: string };

export type Inputs = Readonly<Record<string, unknown>>;

/** Undefined while an input that it is made of is not known: what that input belongs to is missing itself, and comes first. */
export type Identify = (inputs: Inputs) => Identity | undefined;

/** What Pulumi's previews show for a value that only the cloud can tell. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** An id out of text inputs. */
export function idFrom(keys: readonly string[], join: (values: readonly string[]) => string): Identify {
  return (inputs) => {
    const values = keys.map((key) => inputs[key]).filter((value): value is string => typeof value === "string" && value !== "" && !value.includes(UNKNOWN));
    return values.length === keys.length ? { by: "id", id: join(values) } : undefined;
  };
}

/** An id that is one input. */
export const idIs = (key: string): Identify => idFrom([key], ([value = ""]) => value);
