import { z } from "zod";
import { says } from "./schema";

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** Azure writes them in lower case. */
export const uuidSchema = (what: string) => z.string().regex(new RegExp(`^${UUID}$`, "i"), says(`is not the id of ${what}`, "write it as 8-4-4-4-12 hexadecimal digits"));

/** Id of a resource of a type, `Microsoft.Network/virtualNetworks/subnets`; Azure compares them without case. */
export function armIdSchema(...types: readonly string[]) {
  const paths = types.map((type) => {
    const [namespace = "", ...parts] = type.split("/");
    return [namespace, ...parts.flatMap((part) => [part, "[^/\\s]+"])].join("/");
  });
  return z
    .string()
    .regex(
      new RegExp(`^/subscriptions/${UUID}/resourceGroups/[^/\\s]+/providers/(?:${paths.join("|")})$`, "i"),
      says(`is not the id of ${types.join(" or ")}`, `write /subscriptions/<id>/resourceGroups/<group>/providers/${(types[0] ?? "").replace(/\/(\w+)/g, "/$1/<name>")}`),
    );
}
