/** Well-known SIDs, and the letters that security descriptors have for them (MS-DTYP, "SID strings" of SDDL). */
export const EVERYONE = "S-1-1-0";
export const NETWORK = "S-1-5-2";
export const INTERACTIVE = "S-1-5-4";
export const AUTHENTICATED_USERS = "S-1-5-11";
export const SYSTEM = "S-1-5-18";
/** Microsoft's security guidance blog of 2014-09-02. */
export const LOCAL_ACCOUNT = "S-1-5-113";
export const LOCAL_ACCOUNT_AND_ADMINISTRATOR = "S-1-5-114";
export const ADMINISTRATORS = "S-1-5-32-544";
export const USERS = "S-1-5-32-545";
export const GUESTS = "S-1-5-32-546";
export const BACKUP_OPERATORS = "S-1-5-32-551";
export const REMOTE_MANAGEMENT_USERS = "S-1-5-32-580";

/** The model's one machine; RID 500 below it is the built-in Administrator. */
export const MACHINE_SID = "S-1-5-21-1004336348-1177238915-682003330";

export const ALIASES: ReadonlyMap<string, string> = new Map([
  ["WD", EVERYONE],
  ["NU", NETWORK],
  ["IU", INTERACTIVE],
  ["AU", AUTHENTICATED_USERS],
  ["SY", SYSTEM],
  ["BA", ADMINISTRATORS],
  ["BU", USERS],
  ["BG", GUESTS],
  ["BO", BACKUP_OPERATORS],
  ["RM", REMOTE_MANAGEMENT_USERS],
]);
