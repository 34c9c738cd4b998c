package main

import (
	"context"
	"io"

	"github.com/golang/protobuf/ptypes/wrappers"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// echoPlugin makes a service of three methods known to go-plugin. Its messages are protobuf's own wrappers, so that
// nothing has to be generated.
type echoPlugin struct{ plugin.NetRPCUnsupportedPlugin }

func (*echoPlugin) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	server.RegisterService(&echoService, nil)
	return nil
}

func (*echoPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, connection *grpc.ClientConn) (interface{}, error) {
	return &echoClient{connection}, nil
}

var (
	uploadStream   = grpc.StreamDesc{StreamName: "Upload", Handler: receiveAll, ClientStreams: true}
	downloadStream = grpc.StreamDesc{StreamName: "Download", Handler: sendUntilLeft, ServerStreams: true}
	echoService    = grpc.ServiceDesc{
		ServiceName: "bench.Echo",
		HandlerType: (*interface{})(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Call", Handler: answerSame}},
		Streams:     []grpc.StreamDesc{uploadStream, downloadStream},
	}
)

func answerSame(_ interface{}, _ context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	message := new(wrappers.BytesValue)
	return message, decode(message)
}

func receiveAll(_ interface{}, stream grpc.ServerStream) error {
	received := int64(0)
	for {
		item := new(wrappers.BytesValue)
		err := stream.RecvMsg(item)
		if err == io.EOF {
			return stream.SendMsg(&wrappers.Int64Value{Value: received})
		}
		if err != nil {
			return err
		}
		received += int64(len(item.Value))
	}
}

func sendUntilLeft(_ interface{}, stream grpc.ServerStream) error {
	size := new(wrappers.Int64Value)
	if err := stream.RecvMsg(size); err != nil {
		return err
	}
	item := &wrappers.BytesValue{Value: make([]byte, size.Value)}
	for {
		if err := stream.SendMsg(item); err != nil {
			return err
		}
	}
}

type echoClient struct{ connection *grpc.ClientConn }

func (client *echoClient) call(payload []byte) error {
	request, answer := &wrappers.BytesValue{Value: payload}, new(wrappers.BytesValue)
	return client.connection.Invoke(context.Background(), "/bench.Echo/Call", request, answer)
}

func (client *echoClient) upload(ctx context.Context) (grpc.ClientStream, error) {
	return client.connection.NewStream(ctx, &uploadStream, "/bench.Echo/Upload")
}

func (client *echoClient) download(ctx context.Context) (grpc.ClientStream, error) {
	return client.connection.NewStream(ctx, &downloadStream, "/bench.Echo/Download")
}
