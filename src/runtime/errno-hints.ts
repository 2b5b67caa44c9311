const DISK = 'the disk, or the network behind it, is faulty: check the kernel log (dmesg)';
const DAMAGED =
  'the file system is damaged, or its disk is failing: check the kernel log (dmesg), unmount it, and run fsck (xfs_repair, btrfs check)';
const NETWORK =
  'the server behind this mount does not respond properly: check it, the network and the kernel log (dmesg)';

/**
 * Errors of the disk, the server or the network behind a mount, whatever the operation was. Sources: errno(3);
 * `blk_status_to_errno` for disks (ENODATA, EILSEQ, EREMOTEIO, ENOLINK, EBADE); fs/smb/client/netmisc.c for SMB;
 * fs/nfs/nfs4proc.c and sunrpc for NFS; FUSE passes on any error of its server.
 */
const MOUNT = byCode({
  'EIO EREMOTEIO ENXIO ENODEV EBADE': DISK,
  'EUCLEAN EBADMSG ENODATA EILSEQ EHWPOISON': DAMAGED,
  'ENOMEDIUM EMEDIUMTYPE':
    'the drive has no disk, or the wrong one: insert the disk and mount it again',
  ESTALE: 'the network file system has lost its handle: remount it',
  'ENOTCONN ECONNABORTED ESHUTDOWN':
    'the process or the server behind this mount is gone: unmount it and mount it again',
  'ETIMEDOUT ETIME EHOSTDOWN EHOSTUNREACH ENETDOWN ENETUNREACH ENETRESET ECONNRESET ECONNREFUSED ENONET ENOLINK ECOMM EPROTO EPIPE EREMOTE EREMCHG ENOTUNIQ EMULTIHOP EALREADY EINPROGRESS EISCONN EADDRNOTAVAIL EADDRINUSE EMSGSIZE ENOBUFS EBADFD':
    NETWORK,
  'EAGAIN EINTR ECANCELED ENOLCK EDEADLK ERANGE':
    'the file system asks for a retry, which happens automatically; if this keeps happening, check the server behind the mount and the kernel log (dmesg)',
  'ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED':
    'the key of this mount is missing or has expired: renew its Kerberos ticket or SMB password, or unlock the encrypted directory',
});

const IN_THE_WAY = 'a file is in the way: move it away, or configure another directory';

/** Errors of a configured path, whatever its purpose. */
const PATH = byCode({
  'ENOTDIR EEXIST': IN_THE_WAY,
  ELOOP: 'symbolic links in this path form a loop: correct them, or configure another directory',
  ENAMETOOLONG: 'the path is too long: configure another directory',
});

const LIMITS = byCode({
  EMFILE:
    'backup-syncd has too many open files: raise LimitNOFILE in the systemd unit, or ulimit -n',
  ENFILE:
    'this machine has too many open files: raise fs.file-max (sysctl), or find out what opens them',
  ENOMEM:
    'this machine, or the memory limit of backup-syncd (MemoryMax), has run out: free some memory, or raise the limit',
});

/** The hint about an error of the disk or server behind a mount; undefined for any other error. */
export function mountHint(code: string): string | undefined {
  return MOUNT.get(code);
}

/** The hint about a path that leads nowhere; undefined for any other error. */
export function pathHint(code: string): string | undefined {
  return PATH.get(code);
}

/** The hint about an error that comes from a limit of this process or machine; undefined for any other error. */
export function limitHint(code: string): string | undefined {
  return LIMITS.get(code);
}

/** The hint about an error of a configured path, whatever its purpose; undefined if that depends on the purpose. */
export function errnoHint(code: string): string | undefined {
  return PATH.get(code) ?? MOUNT.get(code) ?? LIMITS.get(code);
}

/** @param hints by codes, separated by spaces */
function byCode(hints: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(hints).flatMap(([codes, hint]) => codes.split(' ').map((code) => [code, hint])),
  );
}
