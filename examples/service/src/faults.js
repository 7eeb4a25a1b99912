// The faults that a request can meet. Health checks meet none but `neverHealthy`.

/**
 * Decides for one request after the other. Errors are spread evenly: at 25 percent every fourth counted request fails,
 * so that a rehearsal with the same traffic sees the same failures.
 */
export function createFaults({
  healthPath,
  brokenRoute,
  errorPercent,
  afterRequests,
  onPort,
  missingField,
  contentType,
}) {
  let served = 0;
  const isBroken = (path) => brokenRoute !== undefined && (path === brokenRoute || path.startsWith(`${brokenRoute}/`));
  const failsByShare = (port) => {
    if (onPort !== undefined && port !== onPort) return false;
    served += 1;
    const counted = served - afterRequests;
    if (counted <= 0) return false;
    return Math.floor((counted * errorPercent) / 100) > Math.floor(((counted - 1) * errorPercent) / 100);
  };
  return {
    contentType: (path) => (path === healthPath || contentType === undefined ? 'application/json' : contentType),
    /** The response without the field, at any depth. */
    strip(path, body) {
      if (path === healthPath || missingField === undefined) return body;
      return JSON.parse(JSON.stringify(body, (key, value) => (key === missingField ? undefined : value)));
    },
    /**
     * The reason for an error 500, or undefined when the request is to be served.
     * @param port of the load balancer's listener that the request came in on; NaN without a load balancer
     */
    strike(path, port) {
      const struck = failsByShare(port);
      if (isBroken(path)) return `route ${brokenRoute} is broken`;
      return struck ? 'injected error' : undefined;
    },
  };
}
