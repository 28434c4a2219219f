// Verifies a checkpoint and its log with golang.org/x/mod/sumdb, as Go's own checksum database is verified.
//
// usage: checkpoint VKEY < JSON
//
// JSON: `note`, the signed checkpoint; `leaves`, in hexadecimal; `proofs`, for each leaf its inclusion proof of hashes in
// hexadecimal. Exits with 0 where the signature, the tree and all of the proofs are good, else says on stderr what is not.
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type log struct {
	Note   string
	Leaves []string
	Proofs [][]string
}

// The hashes of the tree, by the numbers that tlog gives them.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var read []tlog.Hash
	for _, index := range indexes {
		read = append(read, h[index])
	}
	return read, nil
}

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(vkey string) error {
	var given log
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(given.Note), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	var origin, root string
	var size int64
	if _, err := fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &origin, &size, &root); err != nil {
		return err
	}
	if origin != verifier.Name() || strings.Count(opened.Text, "\n") != 3 {
		return fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	if int64(len(given.Leaves)) != size || int64(len(given.Proofs)) != size {
		return fmt.Errorf("%d leaves and %d proofs of %d", len(given.Leaves), len(given.Proofs), size)
	}
	return checkTree(given, size, root)
}

func checkTree(given log, size int64, root string) error {
	var stored hashes
	var records []tlog.Hash
	for index, leaf := range given.Leaves {
		bytes, err := hex.DecodeString(leaf)
		if err != nil {
			return err
		}
		more, err := tlog.StoredHashes(int64(index), bytes, stored)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
		records = append(records, tlog.RecordHash(bytes))
	}
	computed, err := tlog.TreeHash(size, stored)
	if err != nil {
		return err
	}
	if base64.StdEncoding.EncodeToString(computed[:]) != root {
		return fmt.Errorf("another root over %d leaves", size)
	}
	for index, record := range records {
		var proof tlog.RecordProof
		for _, text := range given.Proofs[index] {
			var hash tlog.Hash
			if _, err := hex.Decode(hash[:], []byte(text)); err != nil {
				return err
			}
			proof = append(proof, hash)
		}
		if err := tlog.CheckRecord(proof, size, computed, int64(index), record); err != nil {
			return fmt.Errorf("leaf %d: %v", index, err)
		}
	}
	fmt.Println(size)
	return nil
}
