/** Minutes from one run of the keeper to the next. */
export const KEEPER_MINUTES = 15;
