/** Mocha's own spec output, and at the end the counts as data for the last line of `npm test`. */
const { writeFileSync } = require("node:fs");
const { Runner, reporters } = require("mocha");

class Counted extends reporters.Spec {
  /**
   * @param {import("mocha").Runner} runner
   * @param {import("mocha").MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.SECURE_WINRM_TEST_COUNTS;
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}

module.exports = Counted;
