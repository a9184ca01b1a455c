import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { SCRIPT_PARTS } from "../../components/guest/script";
import { isWhole, KEEPER_RULES, text } from "./keeper-rules";
import { parse, type Syntax } from "./powershell-syntax";

/** One way to break each rule: the text to find, and what is put in its place. */
const SPOILT: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "it says every event that others wait for, as the one table has it, and no other": [
    ["quarantined = @(110, 'Error')", "quarantined = @(110, 'Warning')"],
    ["altered = @(140, 'Error')", "altered = @(140, 'Error')\n  more = @(150, 'Error')"],
    ["Write-Event 'resumed' (", "Write-Event 'paused' ("],
    ["$EventSource = 'secure-winrm'", "$EventSource = 'WinRM'"],
  ],
  "writing an event never makes a run fail": [
    ["  } catch { Write-Log \"event $Name is not written: $(Get-Reason $_)\" }", "  } catch { throw }"],
    ["  try {\n    $id, $level", "  Write-Log $Name\n  try {\n    $id, $level"],
    ["function Get-Now {", "function Get-Now { [Diagnostics.EventLog]::SourceExists('x')"],
  ],
  "every run that maintains says how it ended, before its verdict": [["@('Maintenance', 'Pause', 'Resume') -contains $SecureWinrm.Run) { Write-RunEvents", "$Answer.verdict -ne 'pass') { Write-RunEvents"]],
  "it interprets the table: no condition, verdict or action of it is in the script but where one acts": [
    ["    if ($isFit) { return $row }", "    if ($isFit -or $Case.verdict -eq 'pass') { return $row }"],
    ["held = $Run.GateHeld -or (Test-GateHeld); quarantined", "quarantined"],
    ["      'keep' { }\n", ""],
  ],
  "what somebody has asked for, and what goes on shutting, comes before a repair that could open; the decision after the audit": [
    ["  if ($null -ne $table) { Open-Keeper }", "  Set-Step $Steps.Before\n  if ($null -ne $table) { Open-Keeper }"],
    ["    Close-Keeper @($table.rows)\n", ""],
    ["  if ($Run.Shut -ne '') { try { $Run.Shut = Set-Shut }", "  if ($Run.Shut -ne '') { try { $null = Test-Blocked }"],
  ],
  "it opens in one place, after an audit that passed or while a pause lasts": [
    ["  $Run.IsHeld = $Run.IsHeld -or $Run.Shut -eq $ListenerOff -or (Test-ListenerOff)\n", "  $Run.IsHeld = $Run.IsHeld -or $Run.Shut -eq $ListenerOff -or (Test-ListenerOff)\n  Set-ListenerOn $true\n"],
    ["    Clear-Keeper\n    Save-Proof", "    Save-Proof"],
    ["  $Run.Keeper.failed = 0\n", "  $Run.Keeper.failed = 0\n  Remove-Rule $QuarantineRule\n"],
  ],
  "quarantine shuts WinRM's ports by a rule of its own, then by the listener, then by the service": [
    ["'5985', '47001')", "'5985')"],
    ["    Set-ListenerOn $false\n", ""],
    ["$QuarantineRule = 'secure-winrm-quarantine'", "$QuarantineRule = 'secure-winrm-gate'"],
    [" + @(if (-not $IsOn) { 'HTTP' })", ""],
  ],
  "a service that quarantine has stopped does not start while a policy would make it listen": [
    ["    if ((Test-WinRm) -or -not (Test-PolicyListener)) {\n      Write-Log \"quarantine", "    if ($true) {\n      Write-Log \"quarantine"],
    ["{ return $Run.Shut -eq $StoppedService -and", "{ return $false -and"],
  ],
  "preparing starts no service that quarantine has stopped": [
    ["  $holds = $IsProven -and (Test-Quarantined)", "  $holds = $false -and (Test-Quarantined)"],
    [" + @(if (-not $holds) { 'service' })", " + @('service')"],
  ],
  "a file that a later run believes is saved and read with its hash": [
    ["Save-Kept 'proven.json'", "Write-File 'proven.json'"],
    ["Read-Kept 'nodes.json'", "Read-File 'nodes.json'"],
  ],
  "a run that the task has started keeps no other script than the one that the task names": [
    ["if ($ScriptPath -eq $TaskScript) { Get-TaskHash $Name } else", "if ($false) { Get-TaskHash $Name } else"],
    ["    if ((Get-TextHash $text) -cne $hash) { throw ", "    if ($false) { throw "],
  ],
  "the task runs nothing whose hash it has not compared, and what it says stands between two double quotes": [
    ["exit 1 }; '", "}; '"],
    ["''Error'', 140)", "''Error'', 141)"],
    ["event = ''altered''", "event = \"altered\""],
    ["$f = FILE;", "$f = FILE; $g = $(1);"],
  ],
};

/** Parts that the rules ask about: the others make each of these tests seconds longer. */
const PARTS = SCRIPT_PARTS.filter((file) => /^(10|20|48|53|54|80|85|86|87|90)-/.test(file));

describe("keeper in the guest script", function () {
  this.timeout(30_000);
  const script = PARTS.map((file) => readFileSync(join(__dirname, "../../components/guest/script", file), "utf8")).join("\n");
  let whole: Syntax;

  before(async () => {
    whole = await parse(script);
  });

  for (const [rule, problems] of Object.entries(KEEPER_RULES)) {
    it(rule, () => {
      expect(problems(whole)).to.deep.equal([]);
    });

    for (const [index, [from, to]] of (SPOILT[rule] ?? []).entries()) {
      it(`${rule}: a spoilt copy is refused (${index + 1})`, async () => {
        expect(script.includes(from), `the script no longer holds ${from}`).to.equal(true);
        expect(problems(await parse(script.replace(from, () => to)))).to.not.deep.equal([]);
      });
    }
  }

  it("has a spoilt copy for every rule", () => {
    expect(Object.keys(SPOILT)).to.have.members(Object.keys(KEEPER_RULES));
  });

  it("has a task whose command is PowerShell too", async () => {
    const check = text(whole, "$TaskCheck").replace("FILE", "'C:\\Program Files\\secure-winrm\\keeper.ps1'").replace("HASH", "0".repeat(64));
    expect(isWhole(await parse(`${check}& $f -WinrmMode Apply; exit $LASTEXITCODE\n`))).to.equal(true);
    expect(isWhole(await parse(`${check}}& $f\n`))).to.equal(false);
  });
});
