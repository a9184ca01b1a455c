import type { Call } from "../engine/resource";
import { readAccount } from "../store/account";
import { record, text, type Json, type JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import { parseArmId, sameArmId } from "./arm-id";
import { armError } from "./failure";

const MARKETPLACE = { publisher: "microsoftwindowsserver", offer: "windowsserver" } as const;
const SKU = /^(2016|2019|2022|2025)-datacenter(-|$)/;
/** Skus of Windows Server whose images are of the second generation. */
const SECOND_GENERATION = /g2|gensecond|azure-edition/;

export const referenceOf = (properties: JsonRecord): JsonRecord => record(record(properties["storageProfile"])["imageReference"]);

/** An image that a gallery of the account holds; its properties say which Windows is in it. */
const inGallery = (store: CloudStore, id: string): JsonRecord | undefined => readAccount(store.root).existing.find((one) => sameArmId(one.id, id))?.properties;

export function imageMustExist(call: Call, reference: JsonRecord): void {
  const id = text(reference["id"]);
  if (id !== "") {
    if (inGallery(call.store, id) !== undefined && parseArmId(id) !== undefined) return;
    throw armError(404, "GalleryImageNotFound", `The gallery image ${id} is not available. Please contact image owner to replicate image to this region, or change your requested region.`);
  }
  const [publisher, offer, sku, version] = ["publisher", "offer", "sku", "version"].map((key) => text(reference[key]).toLowerCase());
  const parts = [publisher, offer, sku, version];
  const wrongSku = publisher === MARKETPLACE.publisher && offer === MARKETPLACE.offer && !SKU.test(sku ?? "");
  const wrongVersion = version !== "latest" && !/^\d+\.\d+\.\d+$/.test(version ?? "");
  if (!parts.includes("") && !wrongSku && !wrongVersion) return;
  throw armError(404, "PlatformImageNotFound", `The platform image '${parts.join(":")}' is not available. Verify that all fields in the storage profile are correct. For more details about storage profile information, please refer to https://aka.ms/storageprofile.`);
}

/** Whether an image may boot with Trusted Launch. */
export function isSecondGeneration(reference: Json | undefined): boolean {
  const image = record(reference);
  const isKnown = text(image["publisher"]).toLowerCase() === MARKETPLACE.publisher && text(image["offer"]).toLowerCase() === MARKETPLACE.offer;
  return !isKnown || SECOND_GENERATION.test(text(image["sku"]).toLowerCase());
}

/** Which Windows Server runs on a machine: 2016, 2019, 2022 or 2025. */
export function windowsOf(store: CloudStore, properties: JsonRecord): string {
  const reference = referenceOf(properties);
  const id = text(reference["id"]);
  if (id !== "") return text(inGallery(store, id)?.["windows"]) || "2022";
  return /(2016|2019|2022|2025)/.exec(text(reference["sku"]))?.[1] ?? "2022";
}
