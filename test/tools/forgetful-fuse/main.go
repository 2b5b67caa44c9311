// A file system in memory that forgets: what was not fsynced is gone after its power cut.
//
//	forgetful-fuse [flags] IMAGE MOUNTPOINT
//
// It begins with what lies below the directory IMAGE, and takes that as durable. The bytes of a file become durable by
// fsync of the file, names by fsync of their directory, and syncfs does nothing, as the kernel never passes it on. SIGUSR1
// is the power cut: it leaves in DIRECTORY/end what survived, and ends the process.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

func main() {
	cuts := flag.String("cuts", "", "the `DIRECTORY` that images of power cuts are written to")
	cutAt := flag.String("cut-at", "", "write an image behind these changes, as 10,25: DIRECTORY/10, DIRECTORY/25")
	failSyncs := flag.String("fail-syncs", "", "let these calls of fsync fail with EIO, as 3,40; what they were for is lost")
	seed := flag.Uint64("seed", 0, "keep about half of what was not synced, drawn from this; 0: keep nothing of it")
	frozenTimes := flag.Bool("frozen-times", false, "let the times of a directory always lie long ago")
	version := flag.Bool("version", false, "say which program this is")
	flag.Parse()
	if *version {
		fmt.Println("forgetful-fuse")
		return
	}
	tree := &tree{seed: *seed, cuts: *cuts, cutAt: numbers(*cutAt), failSyncs: numbers(*failSyncs), frozenTimes: *frozenTimes}
	if err := tree.load(flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
	server, err := fuse.NewServer(newFileSystem(tree), flag.Arg(1), &fuse.MountOptions{
		FsName:             "forgetful",
		Name:               "forgetful",
		AllowOther:         true,
		DirectMount:        true,
		DisableReadDirPlus: true,
		DisableXAttrs:      true,
		MaxWrite:           1 << 20,
	})
	if err != nil {
		log.Fatal(err)
	}
	go server.Serve()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	<-signals
	tree.mutex.Lock() // for good: nothing happens after a power cut
	if err := tree.writeImage(filepath.Join(*cuts, "end")); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("{\"changes\":%d,\"syncs\":%d}\n", tree.changes, tree.syncs)
}

func numbers(list string) map[int]bool {
	set := map[int]bool{}
	for _, text := range strings.Split(list, ",") {
		if number, err := strconv.Atoi(text); err == nil {
			set[number] = true
		}
	}
	return set
}
