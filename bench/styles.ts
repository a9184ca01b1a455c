import type { Planned } from "../components/graph/planned";
import type { Style, Write } from "./program";

/** Module and class of a type: `aws:ec2/instance:Instance` is `Instance` of `@pulumi/aws/ec2`. */
export function classOf(type: string): { readonly module: string; readonly alias: string; readonly name: string } {
  const [pkg = "", middle = "", name = ""] = type.split(":");
  const service = middle.split("/")[0] ?? "";
  const inRoot = service === "index";
  return { module: `@pulumi/${pkg}${inRoot ? "" : `/${service}`}`, alias: inRoot ? pkg : service, name };
}

/**
 * As people write a program without a component: the providers' classes, outputs passed on directly, imports by service,
 * the SDK as it is.
 */
export const usual: Style = {
  header: (types) => [
    'import * as pulumi from "@pulumi/pulumi";',
    ...new Set(types.map(classOf).map(({ module, alias }) => `import * as ${alias} from "${module}";`)),
  ],
  resource: (planned, variable, write) => {
    const { alias, name } = classOf(planned.type);
    const options = optionsOf(planned, write);
    return `const ${variable} = new ${alias}.${name}(${write.value(planned.name)}, ${write.value(planned.inputs)}${options === "" ? "" : `, { ${options} }`});`;
  },
  link: (variable, output) => `${variable}.${output}`,
  text: (literal, outputs) => (outputs ? `pulumi.interpolate${literal}` : literal),
  json: (value) => `pulumi.jsonStringify(${value})`,
  asset: (text, outputs) => (outputs ? `${text}.apply((text) => new pulumi.asset.StringAsset(text))` : `new pulumi.asset.StringAsset(${text})`),
  behind: (value, gate) => `pulumi.all([${value}, ${gate}.stdout]).apply(([value]) => value)`,
};

function optionsOf({ needs, deleteBeforeReplace, replaceOnChanges, protect }: Planned, write: Write): string {
  return [
    ...(needs.length === 0 ? [] : [`dependsOn: [${needs.map(write.variable).join(", ")}]`]),
    ...(deleteBeforeReplace === undefined ? [] : [`deleteBeforeReplace: ${deleteBeforeReplace}`]),
    ...(replaceOnChanges === undefined ? [] : [`replaceOnChanges: ${JSON.stringify(replaceOnChanges)}`]),
    ...(protect === true ? ["protect: true"] : []),
  ].join(", ");
}

/** Stand for outputs where nothing waits for them: of the form that their users are asked for. */
const STAND_INS: Readonly<Record<string, string>> = { hex: "0123456789abcdef", result: "0a1B2c3D-4e5F-4071-8a9B-0c1D2e3F4a5B" };

/** What registering costs at the least: no class of a provider, nothing that waits for another resource. */
export const bare: Style = {
  header: () => ['import * as pulumi from "@pulumi/pulumi";'],
  resource: ({ type, name, inputs }, _variable, write) => `new pulumi.CustomResource(${JSON.stringify(type)}, ${write.value(name)}, ${write.value(inputs)});`,
  link: (_variable, output) => JSON.stringify(STAND_INS[output] ?? "stand-in"),
  text: (literal) => literal,
  json: (value) => `JSON.stringify(${value})`,
  asset: (text) => `new pulumi.asset.StringAsset(${text})`,
  behind: (value) => value,
};
