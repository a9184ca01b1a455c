/** The oldest engine that the components were run on; older ones lack what the sandbox and the doors need. */
export const OLDEST_ENGINE = "3.200.0";

/** @type {[number, number, number]} */
const NONE = [-1, 0, 0];

/**
 * The three numbers of a version such as `v3.200.0` or `3.201.0-alpha.1`; undefined when it is none.
 * @param {string} text
 * @returns {[number, number, number] | undefined}
 */
export function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

/**
 * Below 0 when `left` is the older one, above 0 when it is the newer one. No version at all counts as the oldest.
 * @param {string} left
 * @param {string} right
 * @returns {number}
 */
export function compareVersions(left, right) {
  const [major, minor, patch] = parseVersion(left) ?? NONE;
  const other = parseVersion(right) ?? NONE;
  return major - other[0] || minor - other[1] || patch - other[2];
}

/**
 * @param {string} text
 * @returns {boolean}
 */
export function isNewEnough(text) {
  return compareVersions(text, OLDEST_ENGINE) >= 0;
}
