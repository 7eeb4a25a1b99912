/** What the person requested cannot be done as it is: nothing was started. */
export class WrongUse extends Error {}
