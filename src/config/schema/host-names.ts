import * as z from 'zod/mini';
import { describeInvalid, text } from '../../schema/values.ts';

const hostName = text({
  description: 'A host name, without a port.',
  pattern:
    /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/,
  wanted: 'a host name; write it without scheme, port and wildcards, e.g. backup.example.org',
  parse: (given) => ({ value: given.toLowerCase().replace(/\.$/, '') }),
});

/** `allowedHosts:` of backup-syncd.yaml. */
export const hostNames = z
  .array(hostName, {
    error: (issue) =>
      describeInvalid(issue.input, 'a list of host names; write e.g. [backup.example.org]'),
  })
  .register(z.globalRegistry, {
    description:
      'Host names that the page, /metrics and the API accept in the Host header, besides IP addresses and localhost. Default: any name, or none if listen is a loopback address.',
    examples: [['backup.example.org']],
  });
