import { readFileSync, statSync } from "node:fs";
import { say } from "./progress.mjs";

const MINUTE = 60_000;
const PATIENCE = 10 * MINUTE;

/**
 * An engine that goes on after an error may wait for ever for a step that an error has taken away: a provider that died while it
 * deleted something, for one. It says nothing then; so this does, once. Who ends such a run loses nothing.
 *
 * @param {string} log the engine's event log, which may not be there yet
 * @param {{ every?: number, patience?: number, tell?: (text: string) => void }} [options] milliseconds
 * @returns {() => void} ends the watch
 */
export function watchStandstill(log, { every = MINUTE, patience = PATIENCE, tell = say } = {}) {
  const timer = setInterval(() => {
    try {
      if (Date.now() - statSync(log).mtimeMs < patience || !readFileSync(log, "utf8").includes('"resOpFailedEvent"')) return;
    } catch {
      return;
    }
    clearInterval(timer);
    tell(
      `Nothing has happened for ${Math.round(patience / MINUTE)} minutes after a step has failed. A gate may still be waiting for its host (45 minutes at most);` +
        " if not, the engine waits for a step that cannot come any more: press Ctrl-C once, then run `npm run recover` and `npm run up`, with the `--stack` of this run.",
    );
  }, every);
  timer.unref();
  return () => clearInterval(timer);
}
