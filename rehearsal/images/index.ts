/** A container image as the rehearsal can run it: a folder and a command, one local process for each container. */
import type { BuiltImage } from './build';

/** An image that the app builds, once it is in the local registry. */
export interface LocalImage {
  readonly uri: string;
  /** The build context: where a command that replaces the container runs. */
  readonly contextDirectory: string;
  /** Absent for one that was not built here. */
  readonly built?: BuiltImage;
  /** Why it was not built here, with the remedy. */
  readonly problem?: string;
  /** The name under which a container engine has it. */
  readonly engineReference?: string;
}

export interface ImageSource {
  /** @returns undefined when no such image was pushed to the local registry */
  find(uri: string): LocalImage | undefined;
}

/**
 * Docker label on a container definition: a JSON array, the command that runs in place of the container in a rehearsal. It
 * outranks the image, so that a service whose image cannot be built here can still be rehearsed. AWS ignores it.
 */
export const REHEARSAL_COMMAND_LABEL = 'greenlight.rehearsal.command';
