import { parseJson } from "../store/json";
import type { HostState } from "../windows";

/** The model is loaded when the first machine is touched: a preview, or a change of a tag, needs none. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const model = (): typeof import("../windows") => require("../windows") as typeof import("../windows");

/** The border to the model's own file: only this folder writes and reads it. */
export const parseState = (content: string): HostState => parseJson(content) as unknown as HostState;
