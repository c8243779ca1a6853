package bench

import (
	"bytes"
	"testing"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

// TestAgree holds that the peers do the same work: each host calls each plugin, hand-written and generated.
func TestAgree(t *testing.T) {
	names := []string{"handwritten", "generated"}
	for _, host := range names {
		for _, served := range names {
			t.Run(host+" host, "+served+" plugin", func(t *testing.T) {
				h, err1 := findPeer(host)
				s, err2 := findPeer(served)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				client, c, err := start(h, s)
				t.Cleanup(client.Kill)
				if err != nil {
					t.Fatal(err)
				}
				testCalls(t, c)
			})
		}
	}
}

func testCalls(t *testing.T, c calls) {
	if message, err := c.greet(); message != greeting || err != nil {
		t.Errorf("Greet: got %q, %v", message, err)
	}
	for _, size := range []int{0, 1 << 10, 64 << 10, 1 << 20} {
		want := payload(size)
		if got, err := c.echo(want); !bytes.Equal(got, want) || err != nil {
			t.Errorf("Echo of %d bytes: got %d bytes, %v", size, len(got), err)
		}
		if err := c.put("key", want); err != nil {
			t.Errorf("Put of %d bytes: %v", size, err)
		}
		if got, err := c.get("key"); !bytes.Equal(got, want) || err != nil {
			t.Errorf("Get of %d bytes: got %d bytes, %v", size, len(got), err)
		}
	}
	if _, err := c.get("absent"); err == nil {
		t.Error("Get of an absent key: no error")
	}
	for _, s := range c.streams {
		for _, n := range []int64{0, 1, 300} {
			if sum, err := s.run(n); sum != s.wantSum(n) || err != nil {
				t.Errorf("%s of %d messages: got %d, %v", s.name, n, sum, err)
			}
		}
	}
	testBlob(t, c.blob)
}

// testBlob copies there and back.
func testBlob(t *testing.T, blob benchpb.Blob) {
	for _, size := range []int64{0, 1, 1 << 20} {
		if n, err := openAll(blob, size); n != size || err != nil {
			t.Errorf("Open of %d bytes: got %d, %v", size, n, err)
		}
		if n, err := saveAll(blob, size); n != size || err != nil {
			t.Errorf("Save of %d bytes: got %d, %v", size, n, err)
		}
	}
}

// payload returns bytes that differ from their neighbours.
func payload(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i * 31)
	}
	return b
}

// TestOptionSets holds that every option set and every chunk size that README.md speaks of makes a working connection.
func TestOptionSets(t *testing.T) {
	for _, p := range append(optionPeers(), chunkPeers()...) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			client, c, err := start(p, p)
			t.Cleanup(client.Kill)
			if err != nil {
				t.Fatal(err)
			}
			testCalls(t, c)
		})
	}
}
