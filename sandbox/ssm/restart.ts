/**
 * Systems Manager's user guide, "Handling reboots when running commands": a script on Windows that ends with this code makes
 * the agent start the machine anew and then run the script again; the invocation is under way until the last run.
 */
export const RESTARTS = 3010;

/** The sandbox's own guard against a script that asks for ever. */
export const MOST_RESTARTS = 5;
