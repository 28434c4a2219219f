// Checks an exported log and proofs of its events with the packages that check Go's own checksum database.
//
// usage: export DIR LOG-VKEY TPM-VKEY [PROOF ...]
//
// DIR is a folder of C2SP tlog-tiles. Both keys must have signed its checkpoint. Every leaf of the entry bundles is proven
// to the checkpoint's root by the tiles of hashes alone, which sumdb/tlog reads and authenticates. Each PROOF is a C2SP
// tlog-proof; both keys must have signed its checkpoint too. Exit 0 and counts, or exit 1 and what is wrong.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if len(os.Args) < 4 {
		fail("usage: export DIR LOG-VKEY TPM-VKEY [PROOF ...]")
	}
	folder, keys := os.Args[1], os.Args[2:4]
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	tree := open(text, keys)
	checkTiles(folder, tree)
	for _, path := range os.Args[4:] {
		checkProof(path, keys)
	}
	fmt.Printf("ok: %d leaves, %d proofs\n", tree.N, len(os.Args)-4)
}

// open checks that both keys signed a checkpoint, and reads it.
func open(text []byte, keys []string) tlog.Tree {
	log, err := note.NewVerifier(keys[0])
	check(err)
	opened, err := note.Open(text, note.VerifierList(log, newECDSA(keys[1])))
	check(err)
	if len(opened.Sigs) != 2 {
		fail("the checkpoint has %d good signatures", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != log.Name() || lines[3] != "" {
		fail("the checkpoint is %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

// checkTiles proves each leaf of the bundles by the tiles.
func checkTiles(folder string, tree tlog.Tree) {
	reader := tlog.TileHashReader(tree, tiles(folder))
	leaves := entries(folder, tree.N)
	if int64(len(leaves)) != tree.N {
		fail("%d leaves for a log of %d", len(leaves), tree.N)
	}
	root, err := tlog.TreeHash(tree.N, reader)
	check(err)
	if root != tree.Hash {
		fail("the tiles lead to another root")
	}
	for index, leaf := range leaves {
		proof, err := tlog.ProveRecord(tree.N, int64(index), reader)
		check(err)
		if tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), tlog.RecordHash(leaf)) != nil {
			fail("leaf %d is not the one of the tiles", index)
		}
	}
}

// entries reads the leaves of all bundles.
func entries(folder string, size int64) (leaves [][]byte) {
	for start := int64(0); start < size; start += 1 << height {
		width := 1 << height
		if size-start < int64(width) {
			width = int(size - start)
		}
		tile := tlog.Tile{H: height, L: -1, N: start >> height, W: width}
		bundle := read(folder, tile)
		for len(bundle) > 0 {
			length := 2 + int(binary.BigEndian.Uint16(bundle))
			leaves, bundle = append(leaves, bundle[2:length]), bundle[length:]
		}
	}
	return leaves
}

// read reads a tile; sumdb names the height in its paths, and C2SP, where it is always 8, does not.
func read(folder string, tile tlog.Tile) []byte {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	rows, err := os.ReadFile(filepath.Join(folder, path))
	check(err)
	return rows
}

// tiles reads what TileHashReader asks for; it checks each against the root itself.
type tiles string

func (folder tiles) Height() int { return height }

func (folder tiles) ReadTiles(wanted []tlog.Tile) (found [][]byte, err error) {
	for _, tile := range wanted {
		found = append(found, read(string(folder), tile))
	}
	return found, nil
}

func (folder tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// checkProof checks a C2SP tlog-proof whose extra line is the leaf.
func checkProof(path string, keys []string) {
	text, err := os.ReadFile(path)
	check(err)
	head, checkpoint, _ := strings.Cut(string(text), "\n\n")
	tree := open([]byte(checkpoint), keys)
	lines := strings.Split(head, "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("%s is no proof", path)
	}
	leaf, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	check(err)
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	check(err)
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		check(err)
		proof = append(proof, hash)
	}
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)))
}

// ecdsaVerifier is what sumdb/note lacks: a key of type 0x02, as transparency-dev/formats has it.
type ecdsaVerifier struct {
	name string
	hash uint32
	key  *ecdsa.PublicKey
}

func newECDSA(vkey string) ecdsaVerifier {
	parts := strings.SplitN(vkey, "+", 3)
	typed, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	if typed[0] != 2 {
		fail("the second key is not of type ECDSA")
	}
	sum := sha256.Sum256(typed[1:])
	id, err := hex.DecodeString(parts[1])
	check(err)
	if !bytes.Equal(sum[:4], id) {
		fail("the second key has another id")
	}
	key, err := x509.ParsePKIXPublicKey(typed[1:])
	check(err)
	return ecdsaVerifier{parts[0], binary.BigEndian.Uint32(sum[:4]), key.(*ecdsa.PublicKey)}
}

func (v ecdsaVerifier) Name() string    { return v.name }
func (v ecdsaVerifier) KeyHash() uint32 { return v.hash }
func (v ecdsaVerifier) Verify(text, signature []byte) bool {
	sum := sha256.Sum256(text)
	return ecdsa.VerifyASN1(v.key, sum[:], signature)
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
