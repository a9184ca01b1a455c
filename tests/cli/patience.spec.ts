import { expect } from "chai";
import { Patience } from "../../cli/reader/patience";
import { node } from "./process";
import { pause } from "../sandbox/process";

describe("gate reader: patience", () => {
  it("ends a request in time, and tells how long it was", async () => {
    const patience = new Patience(0.002);
    const signal = patience.signal();
    expect(signal.aborted).to.equal(false);
    await pause(200);
    expect(signal.aborted).to.equal(true);
    expect(patience.over).to.equal(true);
    expect([new Patience(1).text, new Patience(45).text, new Patience(0.5).text]).to.deep.equal(["1 minute", "45 minutes", "30 seconds"]);
  });

  it("ends a request that nobody but its listener remembers, also after the garbage was taken out", async () => {
    const program = `
      require("tsx/cjs");
      const { Patience } = require("./cli/reader/patience.ts");
      let ended = 0;
      for (let i = 0; i < 50; i += 1) new Patience(0.005).signal().addEventListener("abort", () => (ended += 1));
      const rounds = setInterval(() => { global.gc(); Array.from({ length: 1e5 }, () => ({})); }, 20);
      setTimeout(() => { clearInterval(rounds); console.log(ended); }, 900);`;
    expect(await node(["--expose-gc", "-e", program], {})).to.deep.equal({ code: 0, stdout: "50\n", stderr: "" });
  });
});
