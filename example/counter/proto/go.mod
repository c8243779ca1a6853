module example.com/counter/proto

go 1.26.0
