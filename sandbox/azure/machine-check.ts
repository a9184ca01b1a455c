import type { Call } from "../engine/resource";
import { equal, record, records, text, whole, type Json, type JsonRecord } from "../store/json";
import { lastName } from "./arm-id";
import { armError } from "./failure";
import { imageMustExist, isSecondGeneration, referenceOf } from "./image";

/** From the doc comments of @pulumi/azure-native's OSProfileArgs. */
const RESERVED_NAMES = ["administrator", "admin", "user", "user1", "test", "user2", "test1", "user3", "admin1", "1", "123", "a", "actuser", "adm", "admin2", "aspnet", "backup", "console", "david", "guest", "john", "owner", "root", "server", "sql", "support", "support_388945a0", "sys", "test2", "test3", "user4", "user5"];
const KNOWN_PASSWORDS = ["abc@123", "P@$$w0rd", "P@ssw0rd", "P@ssword123", "Pa$$word", "pass@word1", "Password!", "Password1", "Password22", "iloveyou!"];
const PASSWORD_CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[\W_]/];
const CUSTOM_DATA_BYTES = 65_535;
/** The smallest disk that a marketplace image of Windows Server fits on. Unit: GiB */
const WINDOWS_DISK = 127;
/** Sizes that do not know Trusted Launch: A, and D of the second and third generation without premium disks. */
const UNTRUSTED_SIZES = /^Standard_(A\d|D\d+_v[23]$|DS?1?\d_v2)/i;

const invalid = (target: string, message: string) => armError(400, "InvalidParameter", `${message} (target ${target})`);

function namesMustFit({ computerName, adminUsername, adminPassword, customData }: JsonRecord): void {
  const computer = text(computerName);
  if (computer === "" || computer.length > 15 || /^\d+$/.test(computer) || !/^[A-Za-z0-9-]+$/.test(computer)) {
    throw invalid("computerName", "Windows computer name cannot be more than 15 characters long, be entirely numeric, or contain the following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : . ' \" , < > / ?.");
  }
  const user = text(adminUsername);
  if (user === "" || user.length > 20 || user.endsWith(".") || RESERVED_NAMES.includes(user.toLowerCase())) throw invalid("adminUsername", "The Admin Username specified is not allowed.");
  const password = text(adminPassword);
  const classes = PASSWORD_CLASSES.filter((one) => one.test(password)).length;
  // The text must not hold the password.
  if (password.length < 12 || password.length > 123 || classes < 3) throw invalid("adminPassword", "The supplied password must be between 12-123 characters long and must satisfy at least 3 of password complexity requirements from the following: 1) Contains an uppercase character 2) Contains a lowercase character 3) Contains a numeric digit 4) Contains a special character.");
  if (KNOWN_PASSWORDS.includes(password)) throw invalid("adminPassword", "The password cannot be one of the well-known ones.");
  if (Buffer.from(text(customData), "base64").length > CUSTOM_DATA_BYTES) throw invalid("customData", `Custom data in OSProfile must be at most ${CUSTOM_DATA_BYTES} bytes.`);
}

/** Images that can be patched without a restart. Source: Azure's list of supported images of guest patching. */
const HOTPATCHABLE = ["2022-datacenter-azure-edition-core", "2022-datacenter-azure-edition-hotpatch", "2025-datacenter-azure-edition", "2025-datacenter-azure-edition-core"];

function patchingMustFit(windows: JsonRecord, reference: JsonRecord): void {
  const patch = record(windows["patchSettings"]);
  const mode = text(patch["patchMode"]);
  const platform = record(patch["automaticByPlatformSettings"]);
  if (mode !== "" && !["Manual", "AutomaticByOS", "AutomaticByPlatform"].includes(mode)) throw invalid("windowsConfiguration.patchSettings.patchMode", `The value ${mode} is not a patch mode.`);
  if (Object.keys(platform).length > 0 && mode !== "AutomaticByPlatform") throw invalid("windowsConfiguration.patchSettings.automaticByPlatformSettings", "The settings are for patch mode AutomaticByPlatform only.");
  if (patch["enableHotpatching"] === true) {
    if (platform["bypassPlatformSafetyChecksOnUserSchedule"] === true) throw invalid("windowsConfiguration.patchSettings.enableHotpatching", "Hotpatch updates require platform safety checks. The 'BypassPlatformSafetyChecksOnUserSchedule' flag must be set to false to enable hotpatching.");
    const sku = text(reference["sku"]).toLowerCase().replace(/-smalldisk$/, "");
    if (mode !== "AutomaticByPlatform" || !HOTPATCHABLE.includes(sku)) throw invalid("windowsConfiguration.patchSettings.enableHotpatching", "The selected VM image is not supported for hotpatching, or its patch mode is another.");
  }
  const automatic = windows["enableAutomaticUpdates"] !== false;
  const fits = mode === "" || (mode === "Manual" ? !automatic : automatic && (mode !== "AutomaticByPlatform" || windows["provisionVMAgent"] !== false));
  if (!fits) throw invalid("windowsConfiguration.patchSettings.patchMode", `patchMode ${mode} does not go with enableAutomaticUpdates ${automatic}.`);
}

/** What the compute service refuses before it makes a machine. */
export function machineMustFit(call: Call): void {
  const { inputs } = call;
  const reference = referenceOf(inputs);
  const disk = record(record(inputs["storageProfile"])["osDisk"]);
  const size = text(record(inputs["hardwareProfile"])["vmSize"]);
  if (!/^(Standard|Basic)_[A-Za-z0-9_-]+$/.test(size)) throw invalid("vmSize", `The value ${size} provided for the VM size is not valid.`);
  if (disk["createOption"] !== "FromImage") throw invalid("osDisk.createOption", `The sandbox makes machines from images only, not ${text(disk["createOption"])}.`);
  imageMustExist(call, reference);
  const wanted = whole(disk["diskSizeGB"], WINDOWS_DISK);
  if (wanted < WINDOWS_DISK) throw armError(400, "ResizeDiskError", `Unable to resize OS disk. The specified disk size ${wanted} GB is smaller than the size of the corresponding disk in the VM image: ${WINDOWS_DISK} GB. This is not allowed.`);
  const os = record(inputs["osProfile"]);
  namesMustFit(os);
  patchingMustFit(record(os["windowsConfiguration"]), reference);
  const zones = inputs["zones"];
  if (Array.isArray(zones) && (zones.length > 1 || !["1", "2", "3"].includes(text(zones[0] as Json)))) throw invalid("zones", "The zone(s) for resource are not supported.");
  const type = text(record(inputs["securityProfile"])["securityType"]);
  if (type !== "TrustedLaunch") return;
  if (!isSecondGeneration(reference)) throw armError(400, "BadRequest", "Use of TrustedLaunch setting is not supported for the provided image. Please select Trusted Launch Supported Gen2 OS Image. For more information, see https://aka.ms/TrustedLaunch-FAQ.");
  if (UNTRUSTED_SIZES.test(size)) throw armError(400, "BadRequest", `Use of TrustedLaunch setting is not supported for the provided VM size ${size}.`);
}

/** Properties that stay as they were made, by their path here and in the service's words (PAN#577, azure-powershell#1177, #7621). */
const IMMUTABLE: readonly (readonly [path: string, name: string])[] = [
  ["osProfile.computerName", "computerName"],
  ["osProfile.adminUsername", "adminUsername"],
  ["osProfile.secrets", "osProfile.secrets"],
  ["osProfile.windowsConfiguration.winRM", "windowsConfiguration.winRM"],
  ["osProfile.windowsConfiguration.additionalUnattendContent", "windowsConfiguration.additionalUnattendContent"],
  // azure-docs#112633
  ["osProfile.windowsConfiguration.enableAutomaticUpdates", "windowsConfiguration.enableAutomaticUpdates"],
  ["osProfile.windowsConfiguration.provisionVMAgent", "windowsConfiguration.provisionVMAgent"],
  ["osProfile.windowsConfiguration.timeZone", "windowsConfiguration.timeZone"],
  ["storageProfile.imageReference", "imageReference"],
  ["storageProfile.osDisk.createOption", "osDisk.createOption"],
  ["storageProfile.osDisk.name", "osDisk.name"],
  ["securityProfile.securityType", "securityProfile.securityType"],
  ["zones", "zones"],
  ["availabilitySet", "availabilitySet"],
];
/** Those that the service never gives back: only the state can tell whether they change. */
const UNTOLD: readonly (readonly [path: string, name: string])[] = [
  ["osProfile.adminPassword", "adminPassword"],
  ["osProfile.customData", "customData"],
];

const at = (value: JsonRecord, path: string): Json | undefined => path.split(".").reduce<Json | undefined>((inner, key) => record(inner)[key], value);

/** azure-native plans these changes as updates (its replacement.go knows no machine); the service answers 409. */
export function changeMustBeAllowed({ inputs, oldInputs }: Call, self: string, olds: JsonRecord): void {
  const refuse = (name: string) => armError(409, "PropertyChangeNotAllowed", `Changing property '${name}' is not allowed.`);
  const given = ([path]: readonly [string, string]): boolean => at(inputs, path) !== undefined;
  const changed = IMMUTABLE.find((one) => (given(one) || one[0] === "zones") && !equal(at(inputs, one[0]), at(olds, one[0]))) ?? UNTOLD.find((one) => given(one) && !equal(at(inputs, one[0]), at(oldInputs ?? {}, one[0])));
  if (changed !== undefined) throw refuse(changed[1]);
  patchingMustFit(record(record(inputs["osProfile"])["windowsConfiguration"]), referenceOf(inputs));
  const ids = (value: JsonRecord): string[] => records(record(value["networkProfile"])["networkInterfaces"]).map((one) => text(one["id"]).toLowerCase()).sort();
  const sealed = (value: JsonRecord): boolean => record(value["securityProfile"])["encryptionAtHost"] === true;
  if (!equal(ids(inputs), ids(olds)) || sealed(inputs) !== sealed(olds)) {
    throw armError(409, "OperationNotAllowed", `Network interfaces and encryption at host of VM '${lastName(self)}' can be changed only while it is deallocated.`);
  }
}
