import tseslint from "typescript-eslint";

/** What plain Node.js scripts find without an import. */
const NODE = ["process", "console", "fetch", "AbortSignal", "URL", "TextDecoder", "Buffer"];
const TIMERS = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"];
const COMMONJS = ["module", "require"];
const globals = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

export default tseslint.config(
  { ignores: ["node_modules/", ".cache/", ".sandbox/", ".secure-winrm/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-floating-promises": "error",
      // A switch over a union names every case, or ends in a `default` (the `never` check of ours).
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // A function may be async because its interface says so.
      "@typescript-eslint/require-await": "off",
      // A number in a message is what the reader wants to see.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      eqeqeq: "error",
    },
  },
  {
    files: ["components/**/*.ts"],
    // Output belongs to the commands.
    rules: { "no-console": "error" },
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      // `expect(x).to.be.true` is chai's way of asserting.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: { ecmaVersion: 2024, globals: globals([...NODE, ...TIMERS]) },
    rules: { "no-undef": "error", "no-unused-vars": ["error", { caughtErrors: "none" }], eqeqeq: "error", "prefer-const": "error" },
  },
  { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs", globals: globals(COMMONJS) } },
);
