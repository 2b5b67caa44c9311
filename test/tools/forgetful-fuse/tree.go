package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"syscall"
	"time"
)

// blockBytes is what a disk writes whole or not at all.
const blockBytes = 4096

// A write that is not durable yet; a nil data is a truncation to offset.
type write struct {
	offset int64
	data   []byte
}

type node struct {
	id      uint64
	mode    uint32 // with its type
	mtime   time.Time
	ctime   time.Time
	data    []byte
	durable []byte
	pending []write

	names        map[string]*node // of a directory
	durableNames map[string]*node
	// what a failed fsync was for: later ones say yes and write none of it
	lostNames map[string]*node
	isFrozen  bool
}

type tree struct {
	mutex     sync.Mutex
	root      *node
	nodes     []*node
	changes   int
	syncs     int
	seed      uint64
	cuts      string
	cutAt     map[int]bool
	failSyncs map[int]bool
	// the times of a directory always lie long ago
	frozenTimes bool
}

func (t *tree) newNode(mode uint32) *node {
	now := time.Now()
	if t.frozenTimes {
		now = time.Unix(1_000_000_000, 0)
	}
	n := &node{id: uint64(len(t.nodes) + 1), mode: mode, mtime: now, ctime: now, isFrozen: t.frozenTimes}
	if n.isDirectory() {
		n.names, n.durableNames, n.lostNames = map[string]*node{}, map[string]*node{}, map[string]*node{}
	}
	t.nodes = append(t.nodes, n)
	return n
}

func (n *node) isDirectory() bool { return n.mode&syscall.S_IFMT == syscall.S_IFDIR }

// load reads a directory, all of which is durable.
func (t *tree) load(path string) error {
	root, err := t.loadNode(path)
	t.root = root
	return err
}

func (t *tree) loadNode(path string) (*node, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		n := t.newNode(syscall.S_IFREG | uint32(info.Mode().Perm()))
		n.data, err = os.ReadFile(path)
		n.durable = append([]byte(nil), n.data...)
		return n, err
	}
	n := t.newNode(syscall.S_IFDIR | uint32(info.Mode().Perm()))
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		child, err := t.loadNode(filepath.Join(path, entry.Name()))
		if err != nil {
			return nil, err
		}
		n.names[entry.Name()], n.durableNames[entry.Name()] = child, child
	}
	return n, nil
}

func (n *node) write(offset int64, data []byte) {
	n.pending = append(n.pending, write{offset, append([]byte{}, data...)})
	n.data = written(n.data, offset, data)
	n.touch()
}

func (n *node) truncate(size int64) {
	n.pending = append(n.pending, write{offset: size})
	n.data = resized(n.data, size)
	n.touch()
}

// setName gives a name to a child; nil takes it away.
func (n *node) setName(name string, child *node) {
	delete(n.lostNames, name)
	if child == nil {
		delete(n.names, name)
	} else {
		n.names[name] = child
	}
	n.touch()
}

func (n *node) touch() {
	if n.isDirectory() && n.isFrozen {
		return
	}
	n.mtime = time.Now()
	n.ctime = n.mtime
}

// sync makes a file's bytes or a directory's names durable. One that fails loses them for good, as Linux does: the pages
// count as written, and the next fsync has nothing to complain of.
func (n *node) sync(fails bool) {
	if n.isDirectory() {
		n.syncNames(fails)
		return
	}
	for _, w := range n.pending {
		if !fails {
			n.durable = applied(n.durable, w)
		}
	}
	n.pending = nil
}

func (n *node) syncNames(fails bool) {
	for _, name := range n.changedNames() {
		child := n.names[name]
		lost, isLost := n.lostNames[name]
		switch {
		case fails:
			n.lostNames[name] = child
		case isLost && lost == child:
		case child == nil:
			delete(n.durableNames, name)
		default:
			n.durableNames[name] = child
		}
	}
}

func (n *node) changedNames() []string {
	var changed []string
	for name, child := range n.names {
		if n.durableNames[name] != child {
			changed = append(changed, name)
		}
	}
	for name := range n.durableNames {
		if n.names[name] == nil {
			changed = append(changed, name)
		}
	}
	sort.Strings(changed)
	return changed
}

// count notes a change, and writes an image behind it if that was asked for.
func (t *tree) count() {
	t.changes++
	if !t.cutAt[t.changes] {
		return
	}
	if err := t.writeImage(filepath.Join(t.cuts, fmt.Sprint(t.changes))); err != nil {
		log.Fatal(err)
	}
}

// writeImage leaves what a power cut would leave.
func (t *tree) writeImage(path string) error {
	chance := rand.New(rand.NewPCG(t.seed, uint64(t.changes)))
	survives := func() bool { return t.seed != 0 && chance.IntN(2) == 0 }
	return writeNode(t.root, path, survives)
}

func writeNode(n *node, path string, survives func() bool) error {
	if !n.isDirectory() {
		return writeFile(path, n.afterCut(survives))
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	names := n.namesAfterCut(survives)
	var sorted []string
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		if err := writeNode(names[name], filepath.Join(path, name), survives); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) namesAfterCut(survives func() bool) map[string]*node {
	left := map[string]*node{}
	for name, child := range n.durableNames {
		left[name] = child
	}
	for _, name := range n.changedNames() {
		if _, isLost := n.lostNames[name]; isLost || !survives() {
			continue
		}
		delete(left, name)
		if child := n.names[name]; child != nil {
			left[name] = child
		}
	}
	return left
}

func (n *node) afterCut(survives func() bool) []byte {
	left := append([]byte(nil), n.durable...)
	for _, w := range n.pending {
		for _, part := range w.blocks() {
			if survives() {
				left = applied(left, part)
			}
		}
	}
	return left
}

// blocks cuts a write where a disk may stop.
func (w write) blocks() []write {
	var parts []write
	for w.data != nil && w.offset/blockBytes != (w.offset+int64(len(w.data))-1)/blockBytes && len(w.data) > 0 {
		length := blockBytes - w.offset%blockBytes
		parts = append(parts, write{w.offset, w.data[:length]})
		w = write{w.offset + length, w.data[length:]}
	}
	return append(parts, w)
}

func applied(content []byte, w write) []byte {
	if w.data == nil {
		return resized(content, w.offset)
	}
	return written(content, w.offset, w.data)
}

func written(content []byte, offset int64, data []byte) []byte {
	end := offset + int64(len(data))
	if end > int64(len(content)) {
		content = resized(content, end)
	}
	copy(content[offset:], data)
	return content
}

func resized(content []byte, size int64) []byte {
	if size <= int64(len(content)) {
		return content[:size:size]
	}
	return append(content, make([]byte, size-int64(len(content)))...)
}

// writeFile leaves holes where a block is zero: most of a disk's image is.
func writeFile(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	for offset := 0; offset < len(content); offset += blockBytes {
		block := content[offset:min(offset+blockBytes, len(content))]
		if isZero(block) {
			continue
		}
		if _, err := file.WriteAt(block, int64(offset)); err != nil {
			return err
		}
	}
	return file.Truncate(int64(len(content)))
}

func isZero(block []byte) bool {
	for _, b := range block {
		if b != 0 {
			return false
		}
	}
	return true
}
