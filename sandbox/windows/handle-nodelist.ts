import { FILES, sha256 } from "./document";
import { judged, type Handler, type ResourceOf } from "./handler";

/** The source list that the host has taken up: the file on its disk against the object in the bucket. */
export const nodeList: Handler<ResourceOf<"nodeList">, string | undefined> = {
  get: ({ state }) => state.files[FILES.nodes],
  test: (machine, { hash }, found) => {
    const text = found === undefined ? "none taken up" : sha256(found);
    if (machine.nodesProblem) return { verdict: "unknown", ...machine.nodesProblem };
    const wanted = machine.value(hash);
    return judged(text === wanted, wanted, text);
  },
  set: ({ state, nodes }) => {
    if (nodes) state.files[FILES.nodes] = nodes.text;
  },
};
