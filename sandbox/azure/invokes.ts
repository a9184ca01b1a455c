import type { Invoke } from "../engine/resource";
import { readAccount } from "../store/account";
import { subscriptionOf, tenantOf } from "./place";

export const invokes: Readonly<Record<string, Invoke>> = {
  "azure-native:authorization:getClientConfig": (args, config, store) => {
    const [strange] = Object.keys(args);
    if (strange !== undefined) throw new Error(`unknown argument ${strange}; there are none`);
    const { deployer } = readAccount(store.root);
    return { clientId: deployer, objectId: deployer, subscriptionId: subscriptionOf({ config }), tenantId: tenantOf({ config }) };
  },
};
