/** Bytes. Node silently cuts longer socket paths and binds another one. @see unix(7) */
export const LONGEST_SOCKET_PATH = 107;
