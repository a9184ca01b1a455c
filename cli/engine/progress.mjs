/**
 * Progress goes to standard error, so that standard output keeps what the user asked for (`--json`, an inventory).
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {number} since milliseconds */
export function seconds(since) {
  return `${Math.max(1, Math.round((Date.now() - since) / 1000))} s`;
}

/**
 * Says what begins, every quarter of a minute how long it has taken, and at the end how long it took.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(what, work) {
  const start = Date.now();
  say(`${what} ...`);
  const ticker = setInterval(() => say(`${what}, ${seconds(start)} so far`), 15_000);
  try {
    const result = await work();
    if (Date.now() - start > 5_000) say(`${what}: done in ${seconds(start)}`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
