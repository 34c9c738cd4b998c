package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang/protobuf/ptypes/wrappers"
)

// request is a line of standard input, as tools/bench/subjects/measurements.ts has it.
type request struct {
	Measure   string  `json:"measure"`
	Bytes     int     `json:"bytes"`
	InFlight  int     `json:"inFlight"`
	Direction string  `json:"direction"`
	ForMs     float64 `json:"forMs"`
}

type figures map[string]float64

func serveMeasurements(client *echoClient) {
	answers := json.NewEncoder(os.Stdout)
	answers.Encode(map[string]bool{"ready": true})
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			log.Fatal(err)
		}
		measured, err := measure(client, asked)
		if err != nil {
			answers.Encode(map[string]string{"error": err.Error()})
			continue
		}
		answers.Encode(map[string]figures{"figures": measured})
	}
}

func measure(client *echoClient, asked request) (figures, error) {
	duration := time.Duration(asked.ForMs * float64(time.Millisecond))
	switch {
	case asked.Measure == "latency":
		return measureLatency(client, asked.Bytes, duration)
	case asked.Measure == "throughput":
		return measureThroughput(client, asked, duration)
	case asked.Direction == "toPlugin":
		return measureUpload(client, asked.Bytes, duration)
	default:
		return measureDownload(client, asked.Bytes, duration)
	}
}

func measureLatency(client *echoClient, size int, duration time.Duration) (figures, error) {
	payload, micros := make([]byte, size), []float64{}
	for begin := time.Now(); time.Since(begin) < duration; {
		sent := time.Now()
		if err := client.call(payload); err != nil {
			return nil, err
		}
		micros = append(micros, float64(time.Since(sent).Nanoseconds())/1e3)
	}
	sort.Float64s(micros)
	count := len(micros)
	return figures{"calls": float64(count), "p50Micros": micros[count/2], "p99Micros": micros[count*99/100]}, nil
}

func measureThroughput(client *echoClient, asked request, duration time.Duration) (figures, error) {
	var calls int64
	var failed atomic.Value
	var lanes sync.WaitGroup
	begin := time.Now()
	for lane := 0; lane < asked.InFlight; lane++ {
		lanes.Add(1)
		go func() {
			defer lanes.Done()
			payload := make([]byte, asked.Bytes)
			for time.Since(begin) < duration {
				if err := client.call(payload); err != nil {
					failed.Store(err)
					return
				}
				atomic.AddInt64(&calls, 1)
			}
		}()
	}
	lanes.Wait()
	if err, ok := failed.Load().(error); ok {
		return nil, err
	}
	return figures{"calls": float64(calls), "seconds": time.Since(begin).Seconds()}, nil
}

func measureUpload(client *echoClient, size int, duration time.Duration) (figures, error) {
	stream, err := client.upload(context.Background())
	if err != nil {
		return nil, err
	}
	item, begin := &wrappers.BytesValue{Value: make([]byte, size)}, time.Now()
	for time.Since(begin) < duration {
		if err := stream.SendMsg(item); err != nil {
			return nil, err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	received := new(wrappers.Int64Value)
	if err := stream.RecvMsg(received); err != nil {
		return nil, err
	}
	return figures{"bytes": float64(received.Value), "seconds": time.Since(begin).Seconds()}, nil
}

func measureDownload(client *echoClient, size int, duration time.Duration) (figures, error) {
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	stream, err := client.download(ctx)
	if err != nil {
		return nil, err
	}
	begin, received := time.Now(), 0
	if err := stream.SendMsg(&wrappers.Int64Value{Value: int64(size)}); err != nil {
		return nil, err
	}
	for time.Since(begin) < duration {
		item := new(wrappers.BytesValue)
		if err := stream.RecvMsg(item); err != nil {
			return nil, err
		}
		received += len(item.Value)
	}
	return figures{"bytes": float64(received), "seconds": time.Since(begin).Seconds()}, nil
}
