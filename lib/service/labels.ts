/**
 * Docker label on a container definition: a JSON array, the command that runs in place of the container in a rehearsal.
 * AWS ignores it. The rehearsal knows the same name; `lib/` never imports from there.
 */
export const REHEARSAL_COMMAND_LABEL = 'greenlight.rehearsal.command';
