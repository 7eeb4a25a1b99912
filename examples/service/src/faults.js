// The faults that a request can meet. Health checks meet none but `neverHealthy`.

/**
 * Decides for one request after the other. Errors are spread evenly: at 25 percent every fourth counted request fails,
 * so that a rehearsal with the same traffic sees the same failures.
 */
export function createFaults({ brokenRoute, errorPercent, afterRequests }) {
  let served = 0;
  const isBroken = (path) => brokenRoute !== undefined && (path === brokenRoute || path.startsWith(`${brokenRoute}/`));
  const failsByShare = () => {
    served += 1;
    const counted = served - afterRequests;
    if (counted <= 0) return false;
    return Math.floor((counted * errorPercent) / 100) > Math.floor(((counted - 1) * errorPercent) / 100);
  };
  return {
    /** The reason for an error 500, or undefined when the request is to be served. */
    strike(path) {
      const struck = failsByShare();
      if (isBroken(path)) return `route ${brokenRoute} is broken`;
      return struck ? 'injected error' : undefined;
    },
  };
}
