import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { brokenParts, parse } from "./powershell-syntax";

const FOLDER = join(__dirname, "pester");

/** Windows PowerShell is what hosts have; elsewhere there is only its successor. */
const POWERSHELL = process.platform === "win32" ? "powershell.exe" : "pwsh";

/** Why the tests in PowerShell cannot run here; undefined when they can. */
function missing(): string | undefined {
  const asked = spawnSync(POWERSHELL, ["-NoProfile", "-NonInteractive", "-Command", "(Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -eq 5 }).Count"], { encoding: "utf8" });
  if (asked.error) return `${POWERSHELL} is not on PATH`;
  return Number(asked.stdout.trim()) > 0 ? undefined : `${POWERSHELL} is there, Pester 5 is not`;
}

describe("guest script in PowerShell", () => {
  for (const file of readdirSync(FOLDER)) {
    it(`${file} parses`, async () => {
      expect(brokenParts(await parse(readFileSync(join(FOLDER, file), "utf8")))).to.deep.equal([]);
    });
  }

  it("passes Pester", function () {
    const reason = missing();
    // There they are what the job is for.
    if (reason !== undefined && process.platform === "win32" && process.env["CI"] !== undefined) throw new Error(reason);
    if (reason !== undefined) {
      console.warn(`      skipped: the guest script's handlers were not run, ${reason}`);
      this.skip();
    }
    const run = spawnSync(POWERSHELL, ["-NoProfile", "-NonInteractive", "-Command", `Import-Module Pester -MinimumVersion 5.0 -MaximumVersion 5.99.99; $c = New-PesterConfiguration; $c.Run.Path = '${FOLDER.replaceAll("'", "''")}'; $c.Run.Exit = $true; $c.Output.Verbosity = 'Detailed'; Invoke-Pester -Configuration $c`], { encoding: "utf8", cwd: FOLDER });
    expect(run.status, run.stdout + run.stderr).to.equal(0);
  });
});
