import { expect } from "chai";
import { compactScript } from "../../components/guest/compact";
import { guestScript } from "../../components/guest/script";
import { nodes, parse, type Syntax } from "./powershell-syntax";
import { RULES } from "./script-rules";

/** One way to break each rule: the text to find, and what is put in its place. */
const SPOILT: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "it parses": [["$isNumber -and $complies", "$isNumber ? $complies : $x"], ["$verdict = 'unknown'\n", "$verdict = $null ?? 'unknown'\n"]],
  "it is ASCII with LF, and holds nothing that Systems Manager takes for a parameter": [["'absent or disabled'", "'absent \u2013 or disabled'"], ["'tls'", "'{{ Mode }}'"]],
  "it uses no syntax of later versions, no redirection, no here-string": [["Assert-Idle\n", "Assert-Idle && Assert-WinRm\n"], ["netsh.exe http $Arguments", "netsh.exe http $Arguments 2>&1"]],
  "no string spans lines, so that indentation may go": [["'absent or disabled'", "'absent or\n  disabled'"]],
  "it starts strict and stops at every error": [["'Stop'", "'Continue'"], ["LanguageMode -ne 'FullLanguage'", "LanguageMode -eq 'x'"]],
  "it calls its own functions and known commands with parameters of 5.1": [["ConvertFrom-Json $Text", "ConvertFrom-Json $Text -AsHashtable"], ["Get-NetIPAddress -ErrorAction Stop |", "Get-NetIPAddresses |"], ["  Select-Nodes\n", "  . Select-Nodes\n"]],
  "commands that are functions of a module are told to stop, they do not see the preference": [["-State Established -ErrorAction Stop", "-State Established"]],
  "it calls nothing that brings HTTP back, downloads, or runs text": [["Assert-Idle\n", "Enable-PSRemoting -Force\n"], ["Assert-Idle\n", "winrm quickconfig\n"], ["Assert-Idle\n", "Set-WSManQuickConfig\n"]],
  "every kind of resource has a handler that names, wants and gets, and no other is there": [["$Handlers.nodeList = @{", "$Handlers.nodes = @{"], ["  Set = {\n    if ($null -ne $Run.NodesProblem) { throw $Run.NodesProblem.Found }\n    Save-Kept 'nodes.json' (Get-NodeList).Text\n  }\n", ""]],
  "both orders bring about every kind; the allow rule is in neither, it comes last": [["'builtinRule', 'foreignRules')\n", "'foreignRules')\n"], ["'firewallRule.Block', 'folder')\n", "'firewallRule.Block', 'firewallRule.Allow', 'folder')\n"], ["    Set-Step $Steps.Before\n    Restart-WinRm\n", "    Set-Step $Steps.Before\n"]],
  "WinRM starts again in one place, and only while nobody works; quarantine alone asks nobody": [["  $Run.Keeper.quarantined = $false\n", "  Stop-Service -Name 'WinRM' -Force\n  $Run.Keeper.quarantined = $false\n"], ["    Assert-Idle\n    Restart-Service", "    Restart-Service"], ["  Set-Step $steps\n", "  Restart-Service -Name 'WinRM' -Force\n  Set-Step $steps\n"]],
  "a gate run shuts the door and checks what it was given before it does anything else": [
    ["    Close-Door\n    Read-Parameter $Document.gate\n", "    Read-Parameter $Document.gate\n    Close-Door\n"],
    ["if ($isGate -and $hash -cne $SecureWinrm.Gate) {", "if ($isGate -and $hash -cne $hash) {"],
    ['Get-TextHash "$DocumentGate`n$text"', 'Get-TextHash "$text"'],
  ],
  "Prepare shuts and trusts; it opens nothing and asks for nothing that may not be there": [
    ["'firewallRule.Block', 'folder', 'certificate')", "'firewallRule.Block', 'firewallRule.Allow', 'folder', 'certificate')"],
    ["  if (-not $IsProven) { Close-Door }\n", ""],
    ["  Set-Step $steps\n", "  Select-Nodes\n  Set-Step $steps\n"],
  ],
  "a token is known to one function and reaches no command, no message, no log": [
    ["  Read-Response $request\n}\n\n# An empty", "  Write-Log $token\n  Read-Response $request\n}\n\n# An empty"],
    ["throw 'the metadata service gives no token'", "throw $_"],
    ["    'azure' { Get-BlobText", "    'azure' { $null = Invoke-Metadata 'GET' 'metadata/identity/oauth2/token' 'Metadata' 'true'; Get-BlobText"],
  ],
  "nothing comes after the verdict, which is written once": [["Write-Output (Get-VerdictLine)\n", "Write-Output (Get-VerdictLine)\nWrite-Host 'done'\n"]],
  "secrets pass through .NET methods only, never through a command": [
    ["  $certificates = New-Object", "  Write-Log $secret['x']\n  $certificates = New-Object"],
    ["throw \"secret $Name cannot be read\"", "throw $_"],
    ["$Run.Faults = @{}\n", "$Run.Faults = Get-SecretText 'x'\n"],
    ["    $user.SetPassword($password)\n", "    Write-Log $password\n    $user.SetPassword($password)\n"],
    ["  $signature = [BitConverter]", "  $null = $key | Select-Object\n  $signature = [BitConverter]"],
    ["throw \"no credentials: the metadata service $why,", "throw \"no credentials: $line, the metadata service $why,"],
    ["      switch ($Matches[1]) {\n", "      Write-Host $Matches[2]\n      switch ($Matches[1]) {\n"],
  ],
  "AWS's credentials are read in one function, and of an answer only status and code are told": [
    ["$why = Get-WebTrouble $_.Exception.GetBaseException()", "$why = $_.Exception.Message"],
    ["  'gives an answer that cannot be read'\n", "  $Cause.Message\n"],
    ["    return \"answers $status $code\"", "    return \"answers $status $text\""],
    ["function Get-InstanceId {\n", "function Get-InstanceId {\n  $null = Get-AwsMetadata 'iam/security-credentials/role'\n"],
  ],
  "the private key is never exportable": [["'MachineKeySet, PersistKeySet'", "'MachineKeySet, PersistKeySet, Exportable'"]],
  "what netsh prints is matched by form, never by a word": [["'\\{[0-9A-Fa-f-]{36}\\}'", "'Application ID\\s+: (\\S+)'"]],
  "in strict mode only an array is counted": [["$offered = ConvertTo-NodeList", "$sorted = ConvertTo-NodeList"]],
};

describe("guest script", () => {
  const script = guestScript();
  let whole: Syntax;

  before(async () => {
    whole = await parse(script);
  });

  for (const [rule, problems] of Object.entries(RULES)) {
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
    expect(Object.keys(SPOILT)).to.have.members(Object.keys(RULES));
  });

  it("means the same without comments and indentation", async () => {
    const compact = compactScript(script);
    expect(compact.length).to.be.lessThan(script.length);
    // What Windows makes of a text, not its lines: a line that went from inside of a string, or ended a continued one, shows here.
    const meaning = async (text: string): Promise<string[]> => {
      const { root } = await parse(text);
      expect(root.hasError).to.equal(false);
      return [...nodes(root)].filter(({ type, text: own }) => type !== "comment" && own.trim() !== "").map((node) => (node.childCount === 0 ? `${node.type} ${node.text}` : node.type));
    };
    expect(await meaning(compact)).to.deep.equal(await meaning(script));
  });

  for (const [what, text] of Object.entries({ "a here-string": "$a = @'\n  b\n'@\n", "a block comment": "<#\n b #>\n" })) {
    it(`refuses ${what}, whose lines are not ours to shorten`, () => expect(() => compactScript(text)).to.throw("a text that spans lines"));
  }
});
