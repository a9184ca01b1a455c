import { readFileSync } from "node:fs";
import { text, type Json } from "../store/json";
import { isAsset } from "./values";

/** The bytes behind a StringAsset or a FileAsset; nothing for what is no asset. */
export function assetBytes(value: Json | undefined): Buffer {
  if (!isAsset(value)) return Buffer.alloc(0);
  if (typeof value["text"] === "string") return Buffer.from(value["text"]);
  if (typeof value["path"] === "string" && value["path"] !== "") return readFileSync(value["path"]);
  throw new Error(`the sandbox reads assets of texts and files only${text(value["uri"]) === "" ? "" : `, not ${text(value["uri"])}`}`);
}
