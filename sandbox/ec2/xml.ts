import { isList, isRecord, type Json } from "../store/json";

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** As EC2 writes its answers: an element for each key, `item` for each of a list. */
export function xml(value: Json): string {
  if (isList(value)) return value.map((one) => `<item>${xml(one)}</item>`).join("");
  if (!isRecord(value)) return escaped(String(value));
  return Object.entries(value).flatMap(([key, one]) => (one === undefined || one === null ? [] : [`<${key}>${xml(one)}</${key}>`])).join("");
}
