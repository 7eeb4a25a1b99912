/** A container image as the rehearsal can run it: a directory and a command, one local process a container. */
export interface LocalImage {
  readonly uri: string;
  /** The image's working directory, laid out on disk. */
  readonly directory: string;
  readonly command: readonly string[];
  /** ENV of the Dockerfile. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ImageSource {
  /** @returns undefined when no such image was pushed to the local registry */
  find(uri: string): LocalImage | undefined;
}

/**
 * Docker label on a container definition: a JSON array, the command that stands for the container in a rehearsal. It
 * outranks the image, so that a service whose image cannot be built here can still be rehearsed. AWS ignores it.
 */
export const REHEARSAL_COMMAND_LABEL = 'greenlight.rehearsal.command';
