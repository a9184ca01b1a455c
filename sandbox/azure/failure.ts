import { CloudError } from "../engine/failure";

/** A refusal of Azure Resource Manager, in the words of azure-native (provider/pkg/azure/client_azcore.go, PulumiAzcoreResponseError). */
export const armError = (status: number, code: string, message: string): CloudError =>
  new CloudError(code, message, `Status=${status} Code="${code}" Message="${message}"`);

/** client_azcore.go, CanCreate: what is there already is never taken over. */
export const alreadyThere = (id: string): CloudError => new CloudError("AlreadyExists", id, `cannot create already existing resource '${id}'`);
