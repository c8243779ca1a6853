package nested_lists

import (
	"context"
	"net/http"
	"net/url"
)

type Tree []Tree

type Node struct{ Rows [][]Node }

type Pointers []*Pointers

type Store interface {
	Rows(ctx context.Context, rows [][]string) ([][]string, error)
	Maps(ctx context.Context, m map[string]map[string]int) (map[string][]string, error)
	Header(ctx context.Context, h http.Header, v url.Values) error
	Tree(ctx context.Context, t Tree, n Node) error
	Deep(ctx context.Context, d [][][]byte) error
	Pointers(ctx context.Context, p Pointers) error
	FuncRows(ctx context.Context, f [][]func()) error
	BadKeys(ctx context.Context, m map[float64]string, n map[Node2]string) error
}

type Node2 struct{ A string }
