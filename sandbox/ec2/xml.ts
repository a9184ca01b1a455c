const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const element = (name: string, content: string): string => `<${name}>${content.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign)}</${name}>`;

/** A list as EC2 writes it; the items are XML already. */
export const items = (name: string, contents: readonly string[]): string => `<${name}>${contents.map((content) => `<item>${content}</item>`).join("")}</${name}>`;
