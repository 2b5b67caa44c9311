/** Bytes; longer names of sockets are cut silently by Node, and another one is bound. @see unix(7) */
export const LONGEST_SOCKET_PATH = 107;
