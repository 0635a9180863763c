//go:build ignore

// Winres writes what Windows shows of the program before it runs: its icon, its
// version, and the manifest that says how it wants to be run. The result is an
// object file that go build links in where it lies beside the sources:
//
//	go run winres.go -version 1.2.3 -arch amd64 rsrc_windows_amd64.syso
//
// Formats: Microsoft's PE Format (COFF, the .rsrc section), "VS_VERSIONINFO
// structure" and "Application manifests".
package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"strconv"
	"unicode/utf16"
)

var le = binary.LittleEndian

// manifest asks for no more rights than the user has, for long paths, sharp
// drawing on each screen, and menus in today's style.
const manifest = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <assemblyIdentity type="win32" name="codabridge" version="%s" processorArchitecture="*"/>
  <dependency><dependentAssembly>
    <assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0" processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/>
  </dependentAssembly></dependency>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application>
    <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/>
  </application></compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3"><windowsSettings>
    <dpiAware xmlns="http://schemas.microsoft.com/SMI/2005/WindowsSettings">true/pm</dpiAware>
    <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">permonitorv2,permonitor</dpiAwareness>
    <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
  </windowsSettings></application>
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>
    <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
  </requestedPrivileges></security></trustInfo>
</assembly>
`

// Kinds of resources (winuser.h) and machines (winnt.h).
const (
	kindIcon, kindGroup, kindVersion, kindManifest = 3, 14, 16, 24

	english = 0x409 // US English, in UTF-16
	unicode = 1200
)

// machines are the codes of a processor, and of the relocation that is an offset
// in the image.
var machines = map[string]struct{ machine, offset uint16 }{"amd64": {0x8664, 3}, "arm64": {0xaa64, 2}}

// resource is one entry; kinds and ids stand in ascending order.
type resource struct {
	kind, id uint32
	data     []byte
}

func main() {
	version := flag.String("version", "", "of the program")
	arch := flag.String("arch", "amd64", "processor")
	icons := flag.String("icons", "../../assets/icons", "folder of the icons")
	flag.Parse()
	m, known := machines[*arch]
	if flag.NArg() != 1 || !known {
		log.Fatal("usage: go run winres.go [-version V] [-arch amd64|arm64] FILE.syso")
	}
	small, err := os.ReadFile(*icons + "/tray-on.ico")
	if err != nil {
		log.Fatal(err)
	}
	large, err := os.ReadFile(*icons + "/codabridge.png")
	if err != nil {
		log.Fatal(err)
	}
	all := iconsOf(small, large)
	numbers := numbersOf(*version)
	dotted := fmt.Sprintf("%d.%d.%d.%d", numbers[0], numbers[1], numbers[2], numbers[3])
	all = append(all, resource{kindVersion, 1, versionInfo(numbers, *version)},
		resource{kindManifest, 1, fmt.Appendf(nil, manifest, dotted)})
	if err := os.WriteFile(flag.Arg(0), object(all, m.machine, m.offset), 0o644); err != nil {
		log.Fatal(err)
	}
}

// numbersOf are the numbers of a version; one that is none, such as that of a
// build in between, has zeros.
func numbersOf(version string) (n [4]uint16) {
	for i, part := range regexp.MustCompile(`^v?(\d+)\.(\d+)\.(\d+)`).FindStringSubmatch(version) {
		if number, err := strconv.ParseUint(part, 10, 16); err == nil && i > 0 {
			n[i-1] = uint16(number)
		}
	}
	return n
}

// iconsOf takes the pictures of an ICO and a PNG of 256 pixels, and the group that
// lists them.
func iconsOf(ico, png []byte) (all []resource) {
	count := int(le.Uint16(ico[4:]))
	group := append([]byte{0, 0, 1, 0}, le.AppendUint16(nil, uint16(count+1))...)
	add := func(head, picture []byte) {
		id := uint32(len(all) + 1)
		group = append(group, head...)
		group = le.AppendUint32(group, uint32(len(picture)))
		group = le.AppendUint16(group, uint16(id))
		all = append(all, resource{kindIcon, id, picture})
	}
	for i := range count {
		entry := ico[6+16*i:]
		size, at := le.Uint32(entry[8:]), le.Uint32(entry[12:])
		add(entry[:8], ico[at:at+size])
	}
	add([]byte{0, 0, 0, 0, 1, 0, 32, 0}, png) // a side of 0 is 256
	return append(all, resource{kindGroup, 1, group})
}

// node is one part of a VS_VERSIONINFO: its length, that of its value and the
// value's type, a name, a value and children, each aligned to four bytes.
func node(name string, value []byte, length, kind uint16, children ...[]byte) []byte {
	b := le.AppendUint16(make([]byte, 2), length)
	b = le.AppendUint16(b, kind)
	b = append(append(b, wide(name)...), 0, 0)
	for _, part := range append([][]byte{value}, children...) {
		if len(part) > 0 {
			b = append(aligned(b, 4), part...)
		}
	}
	le.PutUint16(b, uint16(len(b)))
	return b
}

func wide(s string) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = le.AppendUint16(b, u)
	}
	return b
}

func aligned(b []byte, to int) []byte {
	for len(b)%to != 0 {
		b = append(b, 0)
	}
	return b
}

// versionInfo is what the Properties of the file show.
func versionInfo(n [4]uint16, version string) []byte {
	if version == "" {
		version = "0.0.0-dev"
	}
	var texts [][]byte
	for _, t := range [][2]string{
		{"FileDescription", "codabridge"}, {"FileVersion", version}, {"InternalName", "codabridge"}, {"LegalCopyright", "MIT licence"},
		{"OriginalFilename", "codabridge.exe"}, {"ProductName", "codabridge: Coda docs in ChatGPT and Claude"}, {"ProductVersion", version},
	} {
		texts = append(texts, node(t[0], append(wide(t[1]), 0, 0), uint16(len([]rune(t[1]))+1), 1))
	}
	fixed := []uint32{0xfeef04bd, 0x10000}
	high, low := uint32(n[0])<<16|uint32(n[1]), uint32(n[2])<<16|uint32(n[3])
	fixed = append(fixed, high, low, high, low, 0x3f, 0, 0x40004, 1, 0, 0, 0) // a program of Windows NT
	var head []byte
	for _, v := range fixed {
		head = le.AppendUint32(head, v)
	}
	table := node(fmt.Sprintf("%04x%04x", english, unicode), nil, 0, 1, texts...)
	translation := le.AppendUint16(le.AppendUint16(nil, english), unicode)
	return node("VS_VERSION_INFO", head, uint16(len(head)), 0,
		node("StringFileInfo", nil, 0, 1, table), node("VarFileInfo", nil, 0, 1, node("Translation", translation, 4, 0)))
}

// object is a COFF file with one section of resources. Where data lies is known
// by the linker alone, so each place of it is a relocation.
func object(all []resource, machine, offset uint16) []byte {
	section, places := resources(all)
	const header, sectionHeader = 20, 40
	data := header + sectionHeader
	relocations := data + len(section)
	symbols := relocations + 10*len(places)
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, le, v)
		}
	}
	put(machine, uint16(1), uint32(0), uint32(symbols), uint32(1), uint16(0), uint16(0))
	put([]byte(".rsrc\x00\x00\x00"), uint32(0), uint32(0), uint32(len(section)), uint32(data), uint32(relocations), uint32(0),
		uint16(len(places)), uint16(0), uint32(0x40000040)) // data, to be read
	put(section)
	for _, at := range places {
		put(uint32(at), uint32(0), offset)
	}
	put([]byte(".rsrc\x00\x00\x00"), uint32(0), int16(1), uint16(0), uint8(3), uint8(0)) // the section's own symbol
	put(uint32(4))                                                                       // no long names
	return b.Bytes()
}

// resources is the section: a tree of directories (kind, id, language), an entry
// for each resource, and the data. places are where the entries say where data is.
func resources(all []resource) (section []byte, places []int) {
	const directory, entry = 16, 8
	kinds := map[uint32][]resource{}
	var order []uint32
	for _, r := range all {
		if kinds[r.kind] == nil {
			order = append(order, r.kind)
		}
		kinds[r.kind] = append(kinds[r.kind], r)
	}
	ids := directory + entry*len(order)                        // the directories of ids
	languages := ids + directory*len(order) + entry*len(all)   // those of languages
	entries := languages + (directory+entry)*len(all)          // the data entries
	at := (entries + directory*len(all) + 7) &^ 7              // the data
	top, middle, bottom := dir(len(order)), []byte{}, []byte{} // the three levels
	leaves, data, n := []byte{}, []byte{}, 0
	for _, kind := range order {
		top = le.AppendUint32(le.AppendUint32(top, kind), uint32(ids+len(middle))|1<<31)
		middle = append(middle, dir(len(kinds[kind]))...)
		for _, r := range kinds[kind] {
			middle = le.AppendUint32(le.AppendUint32(middle, r.id), uint32(languages+len(bottom))|1<<31)
			bottom = append(bottom, dir(1)...)
			bottom = le.AppendUint32(le.AppendUint32(bottom, english), uint32(entries+directory*n))
			places = append(places, entries+directory*n)
			for _, v := range []int{at + len(data), len(r.data), 0, 0} {
				leaves = le.AppendUint32(leaves, uint32(v))
			}
			data = aligned(append(data, r.data...), 8)
			n++
		}
	}
	section = append(append(append(top, middle...), bottom...), leaves...)
	return append(aligned(section, 8), data...), places
}

// dir is a directory whose entries have numbers.
func dir(entries int) []byte { return le.AppendUint16(make([]byte, 14), uint16(entries)) }
