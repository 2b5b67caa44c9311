package main

import (
	"sort"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// What the kernel asks for, one call after the other.
type fileSystem struct {
	fuse.RawFileSystem
	*tree
}

func newFileSystem(t *tree) *fileSystem {
	return &fileSystem{fuse.NewDefaultRawFileSystem(), t}
}

func (f *fileSystem) String() string { return "forgetful" }

func (f *fileSystem) node(id uint64) *node { return f.nodes[id-1] }

func fill(n *node, out *fuse.Attr) {
	size := uint64(len(n.data))
	*out = fuse.Attr{Ino: n.id, Size: size, Blocks: (size + 511) / 512, Mode: n.mode, Nlink: 1, Blksize: blockBytes}
	out.SetTimes(&n.mtime, &n.mtime, &n.ctime)
}

func entry(n *node, out *fuse.EntryOut) {
	out.NodeId = n.id
	fill(n, &out.Attr)
}

func (f *fileSystem) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	*out = fuse.StatfsOut{Blocks: 1 << 20, Bfree: 1 << 19, Bavail: 1 << 19, Files: 1 << 20, Ffree: 1 << 19}
	out.Bsize, out.Frsize, out.NameLen = blockBytes, blockBytes, 255
	return fuse.OK
}

func (f *fileSystem) Lookup(_ <-chan struct{}, header *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	child := f.node(header.NodeId).names[name]
	if child == nil {
		return fuse.ENOENT
	}
	entry(child, out)
	return fuse.OK
}

func (f *fileSystem) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	fill(f.node(in.NodeId), &out.Attr)
	return fuse.OK
}

func (f *fileSystem) SetAttr(_ <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	n := f.node(in.NodeId)
	if size, ok := in.GetSize(); ok {
		n.truncate(int64(size))
	}
	if mode, ok := in.GetMode(); ok {
		n.mode = n.mode&syscall.S_IFMT | mode&0o7777
	}
	n.ctime = time.Now()
	if mtime, ok := in.GetMTime(); ok {
		n.mtime = mtime
	}
	fill(n, &out.Attr)
	f.count()
	return fuse.OK
}

func (f *fileSystem) add(parent *node, name string, mode uint32, out *fuse.EntryOut) {
	child := f.newNode(mode)
	parent.setName(name, child)
	entry(child, out)
	f.count()
}

func (f *fileSystem) Mkdir(_ <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	parent := f.node(in.NodeId)
	if parent.names[name] != nil {
		return fuse.Status(syscall.EEXIST)
	}
	f.add(parent, name, syscall.S_IFDIR|in.Mode&0o7777, out)
	return fuse.OK
}

func (f *fileSystem) Create(_ <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	parent := f.node(in.NodeId)
	if parent.names[name] != nil {
		return fuse.Status(syscall.EEXIST)
	}
	f.add(parent, name, syscall.S_IFREG|in.Mode&0o7777, &out.EntryOut)
	return fuse.OK
}

func (f *fileSystem) Link(_ <-chan struct{}, in *fuse.LinkIn, name string, out *fuse.EntryOut) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	parent, child := f.node(in.NodeId), f.node(in.Oldnodeid)
	if parent.names[name] != nil {
		return fuse.Status(syscall.EEXIST)
	}
	parent.setName(name, child)
	entry(child, out)
	f.count()
	return fuse.OK
}

func (f *fileSystem) remove(id uint64, name string) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	parent := f.node(id)
	child := parent.names[name]
	if child == nil {
		return fuse.ENOENT
	}
	if len(child.names) > 0 {
		return fuse.Status(syscall.ENOTEMPTY)
	}
	parent.setName(name, nil)
	f.count()
	return fuse.OK
}

func (f *fileSystem) Unlink(_ <-chan struct{}, header *fuse.InHeader, name string) fuse.Status {
	return f.remove(header.NodeId, name)
}

func (f *fileSystem) Rmdir(_ <-chan struct{}, header *fuse.InHeader, name string) fuse.Status {
	return f.remove(header.NodeId, name)
}

func (f *fileSystem) Rename(_ <-chan struct{}, in *fuse.RenameIn, oldName string, newName string) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	from, to := f.node(in.NodeId), f.node(in.Newdir)
	child := from.names[oldName]
	if in.Flags != 0 {
		return fuse.EINVAL
	}
	if child == nil {
		return fuse.ENOENT
	}
	from.setName(oldName, nil)
	to.setName(newName, child)
	f.count()
	return fuse.OK
}

func (f *fileSystem) Open(_ <-chan struct{}, in *fuse.OpenIn, _ *fuse.OpenOut) fuse.Status {
	if in.Flags&syscall.O_TRUNC == 0 {
		return fuse.OK
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.node(in.NodeId).truncate(0)
	f.count()
	return fuse.OK
}

func (f *fileSystem) Read(_ <-chan struct{}, in *fuse.ReadIn, buffer []byte) (fuse.ReadResult, fuse.Status) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	data := f.node(in.NodeId).data
	count := 0
	if in.Offset < uint64(len(data)) {
		count = copy(buffer, data[in.Offset:])
	}
	return fuse.ReadResultData(buffer[:count]), fuse.OK
}

func (f *fileSystem) Write(_ <-chan struct{}, in *fuse.WriteIn, data []byte) (uint32, fuse.Status) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.node(in.NodeId).write(int64(in.Offset), data)
	f.count()
	return uint32(len(data)), fuse.OK
}

func (f *fileSystem) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.OK }

func (f *fileSystem) Access(<-chan struct{}, *fuse.AccessIn) fuse.Status { return fuse.OK }

func (f *fileSystem) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.syncs++
	fails := f.failSyncs[f.syncs]
	f.node(in.NodeId).sync(fails)
	f.count()
	if fails {
		return fuse.EIO
	}
	return fuse.OK
}

func (f *fileSystem) FsyncDir(cancel <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return f.Fsync(cancel, in)
}

func (f *fileSystem) OpenDir(<-chan struct{}, *fuse.OpenIn, *fuse.OpenOut) fuse.Status {
	return fuse.OK
}

func (f *fileSystem) ReadDir(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	names := f.node(in.NodeId).names
	var sorted []string
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for i := int(in.Offset); i < len(sorted); i++ {
		child := names[sorted[i]]
		if !out.AddDirEntry(fuse.DirEntry{Name: sorted[i], Ino: child.id, Mode: child.mode, Off: uint64(i + 1)}) {
			break
		}
	}
	return fuse.OK
}
