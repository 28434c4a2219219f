// Checks a log and its checkpoint with the packages that check Go's own checksum database.
//
// usage: log LOG.json
//
// LOG.json holds `key` (the verifier key that init printed), `checkpoint` (a signed note), `leaves` (texts), `roots`
// (of the first 0, 1, 2 ... leaves) and `inclusion` (for each of these sizes, the proof of each leaf), hashes in
// hexadecimal. The note must be signed by the key under its own first line, its size and root must be those of the
// leaves, and every root and proof what sumdb/tlog computes. Exit 0 and a count, or exit 1 and what is wrong.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type log struct {
	Key        string
	Checkpoint string
	Leaves     []string
	Roots      []string
	Inclusion  [][][]string
}

func main() {
	if len(os.Args) != 2 {
		fail("usage: log LOG.json")
	}
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var log log
	check(json.Unmarshal(text, &log))
	proofs := checkTrees(log)
	checkCheckpoint(log)
	fmt.Printf("ok: %d leaves, %d proofs\n", len(log.Leaves), proofs)
}

// checkCheckpoint checks who signed the checkpoint, and that it is the one of all leaves.
func checkCheckpoint(log log) {
	verifier, err := note.NewVerifier(log.Key)
	check(err)
	opened, err := note.Open([]byte(log.Checkpoint), note.VerifierList(verifier))
	check(err)
	root, err := hex.DecodeString(log.Roots[len(log.Leaves)])
	check(err)
	var hash tlog.Hash
	copy(hash[:], root)
	expected := fmt.Sprintf("%s\n%d\n%s\n", verifier.Name(), len(log.Leaves), hash)
	if opened.Text != expected {
		fail("the checkpoint is %q and should be %q", opened.Text, expected)
	}
}

// checkTrees checks every root and every proof, and counts the proofs.
func checkTrees(log log) (proofs int) {
	if len(log.Leaves) == 0 || len(log.Roots) != len(log.Leaves)+1 || len(log.Inclusion) != len(log.Roots) {
		fail("not one root and one list of proofs for each size")
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for size := int64(1); size <= int64(len(log.Leaves)); size++ {
		hashes, err := tlog.StoredHashes(size-1, []byte(log.Leaves[size-1]), reader)
		check(err)
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(size, reader)
		check(err)
		if hex.EncodeToString(root[:]) != log.Roots[size] {
			fail("the root of %d leaves is another one", size)
		}
		if int64(len(log.Inclusion[size])) != size {
			fail("%d proofs for %d leaves", len(log.Inclusion[size]), size)
		}
		for index, path := range log.Inclusion[size] {
			theirs, err := tlog.ProveRecord(size, int64(index), reader)
			check(err)
			if !equal(theirs, path) {
				fail("the proof of leaf %d in %d is another one", index, size)
			}
			proofs++
		}
	}
	return proofs
}

func equal(theirs tlog.RecordProof, path []string) bool {
	if len(theirs) != len(path) {
		return false
	}
	for i, hash := range theirs {
		if hex.EncodeToString(hash[:]) != path[i] {
			return false
		}
	}
	return true
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "no: "+format+"\n", arguments...)
	os.Exit(1)
}
