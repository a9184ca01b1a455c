/**
 * The borders of the rooms. The way of the data has one direction:
 * stack file -> settings -> controls -> (guest document, source list) -> components -> outputs -> inventory, report.
 */
const PURE = "^components/(settings|controls|network|guest|evidence|ansible)/";

const forbidden = (name, comment, from, to) => ({ name, severity: "error", comment, from, to });

module.exports = {
  forbidden: [
    forbidden(
      "pure-rooms-know-no-pulumi",
      "Settings, controls, network, guest, evidence and ansible are plain functions over plain data: no Pulumi, not even its types.",
      { path: PURE },
      { path: "(^|/)node_modules/@pulumi/|^@pulumi/" },
    ),
    forbidden(
      "pure-rooms-touch-nothing",
      "They use no file system, network, process or clock. Hashing is a function; guest/script.ts loads the PowerShell script, and network/aap looks up the nodes.",
      { path: PURE, pathNot: "^components/guest/script\\.ts$|^components/network/aap" },
      { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    ),
    forbidden(
      "pure-rooms-call-no-cloud",
      "Cloud SDKs are for the clouds' own rooms and for cli/.",
      { path: PURE },
      { path: "(^|/)node_modules/(@aws-sdk|@azure|@smithy)/" },
    ),
    forbidden(
      "pure-rooms-know-no-cloud",
      "What is common to all places does not know a place.",
      { path: PURE },
      { path: "^components/(aws|azure|hybrid)/" },
    ),
    forbidden(
      "places-do-not-import-each-other",
      "Each place can be read, changed and removed without the others.",
      { path: "^components/(aws|azure|hybrid)/" },
      { path: "^components/(aws|azure|hybrid)/", pathNot: "^components/$1/" },
    ),
    forbidden(
      "library-imports-no-command",
      "components/ is a library: what a person runs is built on it, never the other way.",
      { path: "^(components/|index\\.ts$)" },
      { path: "^cli/" },
    ),
    forbidden(
      "nothing-imports-the-sandbox",
      "The program is the same with and without an account: it does not know that there is a sandbox.",
      { pathNot: "^(sandbox|tests)/" },
      { path: "^sandbox/" },
    ),
    forbidden(
      "the-model-of-windows-knows-no-control",
      "What it says of an untouched Windows comes from published text: a mistake in a control must not be repeated by what tests it. It shares the shape of document and verdict and the ids of events, and nothing else.",
      { path: "^sandbox/windows/" },
      { path: "^(components|cli|tests)/|^index\\.ts$", pathNot: "^components/(guest/(kinds(-access)?|resource-key|events)|evidence/verdict)\\.ts$" },
    ),
    forbidden(
      "controls-know-no-vendor-defaults",
      "Nor may a control be made from what the model says of Windows.",
      { path: "^components/(controls|guest|settings)/" },
      { path: "^(sandbox|tests)/" },
    ),
    forbidden("nothing-imports-the-tests", "Tests are for mocha.", { pathNot: "^tests/" }, { path: "^tests/" }),
    forbidden("nothing-imports-the-bench", "What is measured is not built on.", { pathNot: "^(bench|tests)/" }, { path: "^bench/" }),
    forbidden(
      "the-launcher-stands-alone",
      "It runs before node_modules exists. Its mocha reporter is loaded by mocha.",
      { path: "^cli/(run\\.mjs$|engine/)", pathNot: "\\.cjs$" },
      { pathNot: "^cli/engine/", dependencyTypesNot: ["core"] },
    ),
    forbidden("no-cycles", "A cycle has no order in which it can be read.", {}, { circular: true }),
    forbidden("every-import-is-found", "An import that can not be resolved hides what it would break.", {}, { couldNotResolve: true }),
    forbidden(
      "every-package-is-named",
      "Installed by luck (through another package) is not installed. The sandbox speaks with the very gRPC classes of @pulumi/pulumi.",
      { path: "^(components|cli|sandbox)/|^index\\.ts$" },
      { dependencyTypes: ["npm-no-pkg", "npm-unknown"], pathNot: "(^|/)node_modules/(@grpc/grpc-js|google-protobuf)/" },
    ),
    forbidden(
      "what-is-deployed-needs-no-test-package",
      "Packages for development are for the tests and the sandbox.",
      { path: "^(components|cli)/|^index\\.ts$", pathNot: "^cli/engine/mocha-reporter\\.cjs$" },
      { dependencyTypes: ["npm-dev"] },
    ),
  ],
  options: {
    doNotFollow: { path: "(^|/)node_modules/" },
    tsPreCompilationDeps: true, // imports of types count too
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
