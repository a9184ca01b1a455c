// Specs that are named on the command line replace all of them; mocha alone would run both.
const named = process.argv.slice(2).some((arg) => !arg.startsWith("-") && /\.spec\.ts$|^tests\//.test(arg));

module.exports = {
  spec: named ? [] : ["tests/**/*.spec.ts"],
  require: ["tsx/cjs"],
  // A guard against tests that never end: the engine's tests wait for several real deployments, two of them at once. A unit test that needs more than a second says so by its red duration.
  timeout: 300_000,
  slow: 1_000,
};
